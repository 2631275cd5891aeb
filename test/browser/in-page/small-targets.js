// Runs in the page. Controls outside of running text that a finger can hardly hit: under 24 by 24 CSS pixels.
(() =>
  [...document.querySelectorAll('nav a, form a, input, select, button')]
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 24 || box.height < 24)
    .map(
      ({ element, box }) => `${element.tagName} ${element.textContent.trim()} ${box.width}x${box.height}`,
    ))();
