// The delivery list: one box ticks all.
(() => {
  document.addEventListener('change', e => {
    if (!e.target.matches?.('#deliveries-list [data-all]')) return;
    for (const box of document.querySelectorAll('#deliveries-list input[name=ids]')) box.checked = e.target.checked;
  });
})();
