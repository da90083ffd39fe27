'use client';
import { chooseLanguage, chosenLanguage, languages, t } from '../../lib/i18n';
import { useSettings, useSettingsChange } from '../../lib/settings';
import { Field } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { Switch } from '../../ui/switch';
import { Choice } from './choice';

const accents = ['teal', 'blue', 'violet', 'rose', 'amber', 'green', 'graphite'] as const;

/** How the client looks to the user, on all their devices. */
export function Appearance() {
  const { theme, contrast, density, accent, clock, letterKeys } = useSettings();
  const { error, change } = useSettingsChange();
  return (
    <section className="section" aria-label={t('appearance.title')}>
      <h2>{t('appearance.title')}</h2>
      <Choice
        name="theme"
        label={t('appearance.theme')}
        value={theme}
        options={[
          { value: 'system', label: t('appearance.system') },
          { value: 'light', label: t('appearance.light') },
          { value: 'dark', label: t('appearance.dark') },
        ]}
        onChange={(value) => change({ theme: value })}
      />
      <Choice
        name="density"
        label={t('appearance.density')}
        value={density}
        options={[
          { value: 'comfortable', label: t('appearance.comfortable') },
          { value: 'compact', label: t('appearance.compact') },
        ]}
        onChange={(value) => change({ density: value })}
      />
      <Choice
        name="clock"
        label={t('appearance.clock')}
        value={clock}
        options={[
          { value: 'locale', label: t('appearance.clock-locale') },
          { value: '12', label: t('appearance.clock-12') },
          { value: '24', label: t('appearance.clock-24') },
        ]}
        onChange={(value) => change({ clock: value })}
      />
      <fieldset className="one-of">
        <legend>{t('appearance.accent')}</legend>
        <div className="accents">
          {accents.map((one) => (
            <label key={one} className="accent" data-accent={one} title={t(`appearance.${one}`)}>
              <input
                type="radio"
                name="accent"
                aria-label={t(`appearance.${one}`)}
                checked={one === accent}
                onChange={() => change({ accent: one })}
              />
            </label>
          ))}
        </div>
      </fieldset>
      <Switch
        label={t('appearance.contrast')}
        help={t('appearance.contrast-help')}
        on={contrast === 'high'}
        onChange={(on) => change({ contrast: on ? 'high' : 'system' })}
      />
      <Switch
        label={t('commands.letters')}
        help={t('commands.letters-help')}
        on={letterKeys}
        onChange={(on) => change({ letterKeys: on })}
      />
      <FormError text={error} />
      <LanguageChoice />
    </section>
  );
}

function LanguageChoice() {
  return (
    <Field label={t('appearance.language')} help={t('appearance.language-help')}>
      {(ids) => (
        <select
          className="input"
          {...ids}
          value={chosenLanguage() ?? ''}
          onChange={(event) => chooseLanguage(languages.find((one) => one === event.target.value) ?? null)}
        >
          <option value="">{t('appearance.language-browser')}</option>
          {languages.map((one) => (
            <option key={one} value={one} lang={one}>
              {new Intl.DisplayNames(one, { type: 'language' }).of(one)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
