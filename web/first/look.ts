/** The page never flashes another look or turns round. Without storage the system's choice stands. */
export function wearKept(): void {
  const { dataset } = document.documentElement;
  const look = JSON.parse(localStorage.getItem('parley.look') ?? '{}');
  if (look.theme === 'light' || look.theme === 'dark') dataset.theme = look.theme;
  if (look.contrast === 'high') dataset.contrast = 'high';
  if (look.density === 'compact') dataset.density = 'compact';
  if (look.accent && look.accent !== 'teal') dataset.accent = look.accent;
  const language = localStorage.getItem('parley.language') ?? navigator.language.slice(0, 2);
  if (language === 'ar') document.documentElement.dir = 'rtl';
}
