// Runs before the first paint, so that the page never flashes another theme or turns round.
try {
  const theme = localStorage.getItem('parley.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem('parley.language') ?? navigator.language.slice(0, 2);
  if (language === 'ar') document.documentElement.dir = 'rtl';
} catch {
  // Without storage the system's choice stands.
}
