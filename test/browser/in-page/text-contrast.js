// Runs in the page. Every text that is seen, with its colour and what it stands on, as the browser has worked them out.
(() => {
  /** The red, green, blue and alpha of a computed colour. */
  const channels = (colour) => {
    const [red, green, blue, alpha = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    return { red, green, blue, alpha };
  };

  /** `over` painted on `under`. */
  const blend = (over, under) => {
    const mix = (one, other) => one * over.alpha + other * (1 - over.alpha);
    return {
      red: mix(over.red, under.red),
      green: mix(over.green, under.green),
      blue: mix(over.blue, under.blue),
      alpha: 1,
    };
  };

  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) {
      const layer = channels(getComputedStyle(at).backgroundColor);
      if (layer.alpha > 0) layers.push(layer);
      if (layer.alpha === 1) break;
    }
    const canvas = getComputedStyle(document.documentElement).backgroundColor;
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const bottom = channels(canvas).alpha === 1 ? canvas : dark ? 'rgb(18, 18, 18)' : 'rgb(255, 255, 255)';
    return layers.reduceRight((under, layer) => blend(layer, under), channels(bottom));
  };

  const luminance = ({ red, green, blue }) => {
    const [r, g, b] = [red, green, blue].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  const contrast = (one, other) => {
    const [brighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (brighter + 0.05) / (darker + 0.05);
  };

  const judged = [];
  const judge = (element, text) => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return;
    const ground = groundOf(element);
    const colour = blend(channels(getComputedStyle(element).color), ground);
    judged.push({ text: text.trim().slice(0, 60), contrast: contrast(colour, ground) });
  };

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (data.trim() !== '') judge(parentElement, data);
  }
  for (const field of document.querySelectorAll('input, select')) judge(field, `field ${field.id}`);
  for (const cell of document.querySelectorAll('td')) {
    const label = getComputedStyle(cell, '::before');
    if (label.content === 'none' || label.content === 'normal') continue;
    const ground = groundOf(cell);
    judged.push({ text: label.content, contrast: contrast(blend(channels(label.color), ground), ground) });
  }
  return judged;
})();
