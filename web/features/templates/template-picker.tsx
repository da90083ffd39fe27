'use client';
import { useRef, useState } from 'react';
import type { Template } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { moveFocus } from '../../ui/roving';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { loadTemplates, useTemplates } from './saved';

type Props = { onPick: (template: Template) => void; onClose: () => void };

/** Finds a saved message: typing searches, arrows lead through what was found. */
export function TemplatePicker({ onPick, onClose }: Props) {
  const { templates, error } = useTemplates();
  const [query, setQuery] = useState('');
  const box = useRef<HTMLFormElement>(null);
  const words = query.trim().toLowerCase();
  const found = (templates ?? []).filter(({ name, text }) => `${name}\n${text}`.toLowerCase().includes(words));
  const pick = (template: Template | undefined) => {
    if (!template) return;
    onPick(template);
    onClose();
  };
  return (
    <Dialog title={t('templates.insert')} onClose={onClose}>
      <form
        className="form"
        ref={box}
        onKeyDown={(event) => moveFocus(event, box.current)}
        onSubmit={(event) => {
          event.preventDefault();
          pick(found[0]);
        }}
      >
        <input
          className="input"
          type="search"
          aria-label={t('templates.find')}
          placeholder={t('templates.find')}
          autoComplete="off"
          data-roving
          data-autofocus
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        {error && <Failure onRetry={() => void loadTemplates()}>{error}</Failure>}
        {!templates && !error && <Skeleton rows={2} />}
        {templates && found.length === 0 && (
          <Empty title={t(templates.length === 0 ? 'templates.none' : 'templates.none-found')}>
            {templates.length === 0 && t('templates.none-help')}
          </Empty>
        )}
        {found.length > 0 && (
          <ul className="pick-list" aria-label={t('templates.title')}>
            {found.map((template) => (
              <li key={template.id}>
                <button type="button" className="pick" data-roving onClick={() => pick(template)}>
                  <span className="pick-text">
                    <span className="pick-name">{template.name}</span>
                    <span className="pick-detail">{template.text}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </form>
    </Dialog>
  );
}
