import { command } from '../tools/command.ts';

/** What a runtime takes from an image. https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly Volumes: Readonly<Record<string, unknown>>;
}

/** Paths below `/` that buildah writes itself whenever it makes a container. */
const MADE_BY_BUILDAH = new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/run/.containerenv']);

/** A container of an image, with its root mounted on this machine. */
export class ImageRoot {
  readonly path: string;
  readonly config: ImageConfig;
  readonly #container: string;

  private constructor(container: string, path: string, config: ImageConfig) {
    this.#container = container;
    this.path = path;
    this.config = config;
  }

  static async open(image: string): Promise<ImageRoot> {
    const about = JSON.parse(await command('buildah', ['inspect', '--type', 'image', image])) as {
      readonly OCIv1: { readonly config: ImageConfig };
    };
    const container = (await command('buildah', ['from', image])).trim();
    const path = (await command('buildah', ['mount', container])).trim();
    return new ImageRoot(container, path, about.OCIv1.config);
  }

  /** Bytes of every file and link by its path, such as `/app/LICENSE`. */
  async files(): Promise<Map<string, number>> {
    const found = await command('find', ['.', '-xdev', '-not', '-type', 'd', '-printf', '%s %P\n'], {
      cwd: this.path,
    });
    const entries = found
      .trim()
      .split('\n')
      .map((line): [string, number] => {
        const [size = '', ...path] = line.split(' ');
        return [`/${path.join(' ')}`, Number(size)];
      });
    return new Map(entries.filter(([path]) => !MADE_BY_BUILDAH.has(path)));
  }

  async close(): Promise<void> {
    await command('buildah', ['umount', this.#container]);
    await command('buildah', ['rm', this.#container]);
  }
}
