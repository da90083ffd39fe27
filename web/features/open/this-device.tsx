'use client';
import { useState } from 'react';
import { t } from '../../lib/i18n';
import { install, useInstallable } from '../../lib/install';
import { schemes } from './target';

/** Parley among the programs of this device: as an app, and for links to people and rooms. */
export function ThisDevice() {
  const installable = useInstallable();
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  const canRegister = 'registerProtocolHandler' in navigator && isSecureContext;
  const register = (scheme: string) => {
    navigator.registerProtocolHandler(scheme, `${location.origin}/?open=%s`);
    setAsked(new Set([...asked, scheme]));
  };
  return (
    <section className="section" aria-label={t('app.device')}>
      <h2>{t('app.device')}</h2>
      {installable && (
        <p>
          <button type="button" className="button" onClick={install}>
            {t('app.install')}
          </button>
        </p>
      )}
      <p className="muted">{canRegister ? t('app.links-help') : t('app.links-insecure')}</p>
      {canRegister && (
        <ul className="scheme-list" aria-label={t('app.links')}>
          {schemes.map((scheme) => (
            <li key={scheme}>
              <button
                type="button"
                className="button"
                aria-label={t('app.links-open', { scheme })}
                onClick={() => register(scheme)}
              >
                <code>{scheme}:</code>
              </button>
              {asked.has(scheme) && (
                <span className="line-sub" role="status">
                  {t('app.links-asked')}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
