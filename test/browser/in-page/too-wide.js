// Runs in the page. What reaches over the right edge of the window, and so has to be scrolled to or is not seen.
(() => {
  const width = document.documentElement.clientWidth;
  const wide = [...document.body.querySelectorAll('*')].filter(
    (element) =>
      element.checkVisibility() &&
      element.closest('thead, .skip') === null &&
      element.getBoundingClientRect().right > width + 0.5,
  );
  return {
    scrolls: document.documentElement.scrollWidth > width,
    wide: wide.map((element) => `${element.tagName} ${element.textContent.trim().slice(0, 60)}`),
  };
})();
