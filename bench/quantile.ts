/** The value below which that share of the samples lies; the nearest sample, not one between two. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
