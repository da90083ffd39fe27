'use client';
import { type FormEvent, useRef, useState } from 'react';
import type { RoutePolicy, SavedRoute } from '../../lib/api/types';
import { useFirstBad } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';
import { presets } from './presets';
import { saveRoute } from './saved';
import { SentenceEditor } from './sentence-editor';

type Props = { route: SavedRoute | null; onSaved?: (route: SavedRoute) => void; onClose: () => void };

/** Makes a route, or changes a saved one. */
export function RouteDialog({ route, onSaved, onClose }: Props) {
  const [name, setName] = useState(route?.name ?? '');
  const [policy, setPolicy] = useState<RoutePolicy>(
    route?.policy ?? presets[0]?.policy ?? { steps: [{ channels: ['im'] }] },
  );
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  useFirstBad(form, action.errors);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    let saved: SavedRoute | undefined;
    const done = await action.run(async () => {
      saved = await saveRoute(route?.id ?? null, { name: name.trim(), policy });
    });
    if (!done) return;
    if (saved) onSaved?.(saved);
    onClose();
  };
  const { errors } = action;
  const ofSteps = Object.entries(errors).filter(([field]) => field !== 'name');
  return (
    <Dialog
      title={route ? t('routes.route-title', { name: route.name }) : t('routes.new-route')}
      wide
      onClose={onClose}
    >
      <form className="form" ref={form} onSubmit={submit} noValidate>
        <TextField
          label={t('routes.name')}
          autoComplete="off"
          maxLength={80}
          data-autofocus
          value={name}
          onValue={setName}
          error={errors.name}
        />
        {!route && <Presets policy={policy} onPick={setPolicy} />}
        <SentenceEditor policy={policy} onChange={setPolicy} />
        {(ofSteps.length > 0 || (action.error && !errors.name)) && <FormError text={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={action.busy || !name.trim()}>
            {t('routes.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The route of one message alone. */
export function OwnRouteDialog({ policy: before, onUse, onClose }: OwnProps) {
  const [policy, setPolicy] = useState(before);
  return (
    <Dialog title={t('routes.route-of-message')} wide onClose={onClose}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onUse(policy);
          onClose();
        }}
      >
        <Presets policy={policy} onPick={setPolicy} />
        <SentenceEditor policy={policy} onChange={setPolicy} />
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary">
            {t('routes.use-for-message')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
type OwnProps = { policy: RoutePolicy; onUse: (policy: RoutePolicy) => void; onClose: () => void };

function Presets({ policy, onPick }: { policy: RoutePolicy; onPick: (policy: RoutePolicy) => void }) {
  const now = JSON.stringify(policy);
  return (
    <fieldset className="presets">
      <legend>{t('routes.start-from')}</legend>
      {presets.map((preset) => (
        <button
          key={preset.key}
          type="button"
          className="preset"
          aria-pressed={JSON.stringify(preset.policy) === now}
          onClick={() => onPick(preset.policy)}
        >
          <span className="preset-name">{t(`routes.preset-${preset.key}`)}</span>
          <span className="preset-about">{t(`routes.preset-${preset.key}-about`)}</span>
        </button>
      ))}
    </fieldset>
  );
}
