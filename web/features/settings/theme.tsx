'use client';
import { changeSettings, useSettings } from '../../lib/settings';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';

const themes = { system: 'System', light: 'Light', dark: 'Dark' } as const;
type Theme = keyof typeof themes;

const isTheme = (text: string): text is Theme => Object.hasOwn(themes, text);

export function ThemeChoice() {
  const { theme = 'system' } = useSettings();
  const action = useAction();
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
                onChange={() => void action.run(() => changeSettings({ theme: one }))}
              />
              {themes[one]}
            </label>
          ))}
      </div>
      <FormError text={action.error} />
    </section>
  );
}
