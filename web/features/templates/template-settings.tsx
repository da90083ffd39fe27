'use client';
import { useState } from 'react';
import type { Template } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { Failure, Skeleton } from '../../ui/states';
import { loadTemplates, removeTemplate, useTemplates } from './saved';
import { TemplateForm } from './template-form';

type Opened = { is: 'form'; template: Template | null } | { is: 'remove'; template: Template } | null;

/** Saved messages, to be inserted where one writes. */
export function TemplateSettings() {
  const { templates, error } = useTemplates();
  const [opened, setOpened] = useState<Opened>(null);
  return (
    <section className="section" aria-label={t('templates.title')}>
      <h2>{t('templates.title')}</h2>
      <p className="muted">{t('templates.about')}</p>
      {error && <Failure onRetry={() => void loadTemplates()}>{error}</Failure>}
      {!templates && !error && <Skeleton rows={1} />}
      <ul className="lines" aria-label={t('templates.title')} hidden={!templates || templates.length === 0}>
        {(templates ?? []).map((template) => (
          <li key={template.id} className="line">
            <span className="line-text">
              <span className="line-main">{template.name}</span>
              <span className="line-sub">{template.text}</span>
            </span>
            <Menu
              label={t('templates.actions-for', { name: template.name })}
              title={t('templates.actions')}
              trigger={<Icon name="more" />}
            >
              <MenuItem onSelect={() => setOpened({ is: 'form', template })}>
                <Icon name="edit" /> {t('templates.edit')}
              </MenuItem>
              <MenuItem danger onSelect={() => setOpened({ is: 'remove', template })}>
                <Icon name="trash" /> {t('templates.delete')}
              </MenuItem>
            </Menu>
          </li>
        ))}
      </ul>
      <p>
        <button
          type="button"
          className="button"
          disabled={!templates}
          onClick={() => setOpened({ is: 'form', template: null })}
        >
          <Icon name="plus" /> {t('templates.new')}
        </button>
      </p>
      {opened?.is === 'form' && <TemplateForm template={opened.template} onClose={() => setOpened(null)} />}
      {opened?.is === 'remove' && (
        <Confirm
          title={t('templates.delete-it', { name: opened.template.name })}
          action={t('templates.delete')}
          danger
          work={() => removeTemplate(opened.template.id)}
          onClose={() => setOpened(null)}
        >
          <p>{t('templates.stay')}</p>
        </Confirm>
      )}
    </section>
  );
}
