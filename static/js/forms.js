// Forms: one submit is one submit, and quantities have buttons.
(() => {
  const d = document;
  const plain = f => f.method === 'post' && !f.hasAttribute('hx-post') && !f.matches('[data-again]');

  // A second click while the first answer is on its way does nothing. The server knows a
  // repeated form by its key as well; this saves the wait. Buttons are switched off after the
  // event, or the one that was pressed would not be sent.
  d.addEventListener('submit', e => {
    const f = e.target;
    if (e.defaultPrevented || e.submitter?.formMethod === 'get' || !plain(f)) return;
    if (f.dataset.sent) { e.preventDefault(); return; }
    f.dataset.sent = '1';
    setTimeout(() => { for (const b of f.elements) if (b.type === 'submit') b.disabled = true; });
  });
  // Coming back by the Back button shows the page as it was left: make it usable again.
  addEventListener('pageshow', () => {
    for (const f of d.querySelectorAll('form[data-sent]')) {
      delete f.dataset.sent;
      for (const b of f.elements) if (b.type === 'submit') b.disabled = false;
    }
  });

  // Quantity: − and + around a number field, within its min and max.
  d.addEventListener('click', e => {
    const b = e.target.closest?.('.qty button[data-step]');
    const i = b?.closest('.qty').querySelector('input');
    if (!i) return;
    const n = (parseInt(i.value, 10) || 0) + Number(b.dataset.step);
    const to = Math.min(Number(i.max || Infinity), Math.max(Number(i.min || 0), n));
    if (String(to) === i.value) return;
    i.value = to;
    i.dispatchEvent(new Event('input', { bubbles: true }));
    i.dispatchEvent(new Event('change', { bubbles: true }));
  });

  // A form that says so is sent when one of its fields changes; without a script its button does it.
  d.addEventListener('change', e => {
    const f = e.target.form;
    if (f?.matches('[data-auto]')) f.requestSubmit();
  });

  // A refused form comes back with a summary: take the person there.
  const summary = () => d.querySelector('[role=alert][data-focus]')?.focus();
  d.addEventListener('htmx:after:swap', e => { if (e.target.localName === 'form') summary(); });
  if (d.readyState === 'loading') d.addEventListener('DOMContentLoaded', summary); else summary();
})();
