import { describe, expect, it } from 'vitest';
import { PAGE_STYLE } from '../../src/telemetry/page-style.ts';

const [light = {}, dark = {}] = [...PAGE_STYLE.matchAll(/:root \{(.*?)\}/gs)].map((block) =>
  Object.fromEntries(
    [...(block[1] ?? '').matchAll(/--([a-z]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  ),
);

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [brighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (brighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s scheme', (_, colours) => {
  it.each(['text', 'muted', 'link', 'good', 'warn', 'bad', 'calm'])('%s can be read', (name) => {
    for (const ground of ['page', 'panel'])
      expect(contrast(colours[name] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});

it('knows a contrast', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeLessThan(4.5);
});
