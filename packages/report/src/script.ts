/**
 * What the page does by itself: finding cases, opening what a link leads to, going from case to case, and unpacking what was done
 * behind the steps of a case when it is opened. Without it everything else can still be read.
 */
export const script = `
'use strict';
(() => {
  const cases = [...document.querySelectorAll('details.case')];
  const form = document.querySelector('form.toolbar');
  const textOf = (one) => one.querySelector('summary').textContent + ' ' + one.querySelector('.identity').textContent;
  const texts = cases.map((one) => textOf(one).toLowerCase());
  const show = (element, shown) => { if (element.hidden === shown) element.hidden = !shown; };
  const quiet = matchMedia('(prefers-reduced-motion: reduce)').matches;

  const unpack = async (body) => {
    if (!body || body.ariaBusy === 'true') return;
    body.ariaBusy = 'true';
    try {
      const bytes = Uint8Array.from(atob(body.dataset.packed), (character) => character.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
      body.innerHTML = await new Response(stream).text();
      body.removeAttribute('data-packed');
    } finally {
      body.removeAttribute('aria-busy');
    }
  };

  const reveal = () => {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    if (!target) return;
    for (let one = target.closest('details'); one; one = one.parentElement.closest('details')) {
      one.hidden = false;
      one.open = true;
    }
    target.scrollIntoView({ block: 'start' });
  };

  const filter = () => {
    if (!form) return;
    const words = form.elements.text.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let found = 0;
    cases.forEach((one, index) => {
      const box = form.elements[one.dataset.verdict];
      const wanted = Boolean(box && box.checked) && words.every((word) => texts[index].includes(word));
      show(one, wanted);
      if (wanted) found += 1;
    });
    for (const subject of document.querySelectorAll('.subject')) {
      show(subject, subject.querySelector(':scope > details.case:not([hidden])') !== null);
    }
    document.querySelector('.nothing').hidden = found > 0;
  };

  const go = (by) => {
    const shown = cases.filter((one) => !one.hidden);
    const at = shown.findIndex((one) => one.contains(document.activeElement));
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))];
    if (!next) return;
    next.querySelector('summary').focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest', behavior: quiet ? 'auto' : 'smooth' });
  };

  if (form) {
    form.hidden = false;
    form.addEventListener('input', filter);
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('click', ({ target }) => {
      if (target.name !== 'open' && target.name !== 'close') return;
      for (const one of cases) if (!one.hidden) one.open = target.name === 'open';
    });
  }
  addEventListener('keydown', (event) => {
    const typing = event.target.matches('input[type=search]');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing) {
      if (event.key === 'Escape') { event.target.value = ''; filter(); event.target.blur(); }
      return;
    }
    if (event.key === '/' && form) { event.preventDefault(); form.elements.text.focus(); }
    if (event.key === 'j') go(1);
    if (event.key === 'k') go(-1);
  });
  // It does not bubble.
  addEventListener('toggle', ({ target }) => {
    if (target.open) unpack(target.querySelector(':scope > .body[data-packed]'));
  }, true);
  addEventListener('hashchange', reveal);
  // What is printed shows what failed.
  addEventListener('beforeprint', () => {
    for (const one of cases) if (one.dataset.verdict === 'failed') one.open = true;
  });
  reveal();
})();
`;
