'use client';
import { t } from '../../lib/i18n';
import { takeUpdate } from '../../lib/worker';

/** The server brought a newer page; nobody is interrupted for it. */
export function UpdateLine() {
  return (
    <p className="update-line" role="status">
      {t('app.update-ready')}{' '}
      <button type="button" className="link-button" onClick={takeUpdate}>
        {t('app.update-take')}
      </button>
    </p>
  );
}
