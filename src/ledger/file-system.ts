import { statfsSync } from 'node:fs';

/**
 * File systems whose locks or shared memory may not hold between two machines, by the `f_type` that Linux answers.
 * FUSE is among them: what is behind it cannot be asked, and often is the network.
 * https://man7.org/linux/man-pages/man2/statfs.2.html
 */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x7461636f, 'OCFS2'],
  [0x01161970, 'GFS2'],
  [0x20030528, 'OrangeFS'],
  [0x19830326, 'BeeGFS'],
  [0x786f4256, 'vboxsf'],
  [0xbacbacbc, 'vmhgfs'],
]);

/** The name of the network file system under a directory; `undefined` for a local one. */
export function networkFileSystem(
  directory: string,
  typeOf: (directory: string) => number = (path) => statfsSync(path).type,
): string | undefined {
  // The type is a signed long on some machines.
  return NETWORK_FILE_SYSTEMS.get(typeOf(directory) >>> 0);
}
