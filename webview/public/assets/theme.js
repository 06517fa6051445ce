// Runs before the first paint, so that a page never flashes in the other colours. Mantine keeps the choice under this key.
(() => {
  let kept = 'auto';
  try {
    kept = localStorage.getItem('mantine-color-scheme-value') ?? 'auto';
  } catch {
    // Storage is refused by some privacy settings: follow the system.
  }
  const light = kept === 'light' || (kept !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', light ? 'light' : 'dark');
})();
