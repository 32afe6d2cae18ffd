// The button of a page of papers: it asks the browser to print.
(() => {
  document.addEventListener('click', e => {
    if (e.target.closest?.('[data-print]')) print();
  });
})();
