// The form of a booking: durations and other times fill its fields, and the server judges
// what became of it. Without a script they are links and buttons that load the page again.
(() => {
  const d = document;
  const put = (f, name, v) => {
    const i = f.elements[name];
    if (!i) return;
    if (i.type === 'checkbox') i.checked = v === 'true'; else i.value = v;
  };
  const two = n => String(n).padStart(2, '0');
  const last = (f, minutes) => {
    const [h, m] = f.elements.start.value.split(':').map(Number);
    const t = h * 60 + m + minutes;
    if (Number.isNaN(t)) return;
    put(f, 'end', two(Math.floor(t / 60) % 24) + ':' + two(t % 60));
    put(f, 'nextDay', String(t >= 1440));
  };
  d.addEventListener('click', e => {
    const b = e.target.closest?.('[data-fill], [data-minutes]');
    const f = b?.closest('form[data-booking]');
    if (!f || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    if (b.dataset.minutes) last(f, Number(b.dataset.minutes));
    else for (const [name, v] of new URLSearchParams(b.dataset.fill)) put(f, name, v);
    if (b.localName === 'a') f.querySelector('#booking-submit').focus(); // the link goes with what it solved
    f.dispatchEvent(new Event('change', { bubbles: true }));
  });

  // The address of a calendar is there to be copied.
  d.addEventListener('click', e => {
    const b = e.target.closest?.('button[data-copy]');
    const i = b && d.getElementById(b.dataset.copy);
    if (!i) return;
    i.select();
    navigator.clipboard?.writeText(i.value).then(() => {
      b.querySelector('span').textContent = b.dataset.done;
      d.getElementById('sr-status').textContent = b.dataset.done;
    }).catch(() => {});
  });
})();
