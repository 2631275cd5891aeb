// Runs in the page. What has the focus, and whether a person sees where it is: inside the window, with an outline.
(() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const inside =
    box.width > 0 && box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
  return {
    text: element.id || element.textContent.trim(),
    seen: inside && outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
  };
})();
