'use strict';
const boxes = [...document.querySelectorAll('input[data-label]')];

function filter() {
  const off = new Set(boxes.filter((box) => !box.checked).map((box) => box.dataset.label));
  for (const one of document.querySelectorAll('[data-of]')) one.toggleAttribute('hidden', off.has(one.dataset.of));
  let shown = 0;
  for (const card of document.querySelectorAll('.card')) {
    card.hidden = card.querySelector('li[data-of]:not([hidden])') === null;
    shown += !card.hidden;
  }
  document.getElementById('shown').textContent = String(shown);
}

function light(event) {
  const line = event.target.closest('li[data-object]');
  for (const one of document.querySelectorAll('g.lit')) one.classList.remove('lit');
  if (!line) return;
  for (const shape of line.closest('.card').querySelectorAll('g[data-object]')) {
    shape.classList.toggle('lit', shape.dataset.object === line.dataset.object);
  }
}

function turn() {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const now = root.dataset.theme || (dark ? 'dark' : 'light');
  root.dataset.theme = now === 'dark' ? 'light' : 'dark';
}

for (const box of boxes) box.addEventListener('change', filter);
document.addEventListener('mouseover', light);
document.getElementById('theme').addEventListener('click', turn);
