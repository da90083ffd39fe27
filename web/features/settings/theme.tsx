'use client';
import { useState } from 'react';

const key = 'parley.theme';
const themes = { system: 'System', light: 'Light', dark: 'Dark' } as const;
type Theme = keyof typeof themes;

const isTheme = (text: string | null | undefined): text is Theme => text != null && Object.hasOwn(themes, text);

function chosen(): Theme {
  const { theme } = document.documentElement.dataset;
  return isTheme(theme) ? theme : 'system';
}

/** Kept in this browser; `theme.js` reads it before the first paint. */
function choose(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') {
    delete dataset.theme;
    localStorage.removeItem(key);
  } else {
    dataset.theme = theme;
    localStorage.setItem(key, theme);
  }
}

export function ThemeChoice() {
  const [theme, setTheme] = useState(chosen);
  return (
    <section className="section" aria-label="Appearance">
      <h2>Appearance</h2>
      <div className="segmented theme-choice" role="radiogroup" aria-label="Theme">
        {Object.keys(themes)
          .filter(isTheme)
          .map((one) => (
            <label key={one} data-on={one === theme}>
              <input
                type="radio"
                name="theme"
                className="visually-hidden"
                checked={one === theme}
                onChange={() => {
                  choose(one);
                  setTheme(one);
                }}
              />
              {themes[one]}
            </label>
          ))}
      </div>
      <p className="field-help">For this browser.</p>
    </section>
  );
}
