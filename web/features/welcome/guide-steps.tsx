'use client';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { type Step, steps } from './progress';

/** The steps, and which of them one stands at; null: all are done. */
export function GuideSteps({ now }: { now: Step | null }) {
  const at = now ? steps.indexOf(now) : steps.length;
  return (
    <ol className="guide-steps" aria-label={t('welcome.steps')}>
      {steps.map((step, index) => (
        <li key={step} className="guide-step" aria-current={index === at ? 'step' : undefined} data-done={index < at}>
          <span className="guide-mark">{index < at ? <Icon name="check" size={12} /> : index + 1}</span>
          <span className="guide-name">
            {t(`welcome.step-${step}`)}
            {index < at && <span className="visually-hidden"> {t('welcome.done')}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
