'use client';
import { useState } from 'react';
import type { Template } from '../../lib/api/types';
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
    <section className="section" aria-label="Templates">
      <h2>Templates</h2>
      <p className="muted">Messages you write often, with other words per channel where they need them.</p>
      {error && <Failure onRetry={() => void loadTemplates()}>{error}</Failure>}
      {!templates && !error && <Skeleton rows={1} />}
      <ul className="lines" aria-label="Templates" hidden={!templates || templates.length === 0}>
        {(templates ?? []).map((template) => (
          <li key={template.id} className="line">
            <span className="line-text">
              <span className="line-main">{template.name}</span>
              <span className="line-sub">{template.text}</span>
            </span>
            <Menu label={`Actions for ${template.name}`} title="Actions" trigger={<Icon name="more" />}>
              <MenuItem onSelect={() => setOpened({ is: 'form', template })}>
                <Icon name="edit" /> Edit
              </MenuItem>
              <MenuItem danger onSelect={() => setOpened({ is: 'remove', template })}>
                <Icon name="trash" /> Delete
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
          <Icon name="plus" /> New template
        </button>
      </p>
      {opened?.is === 'form' && <TemplateForm template={opened.template} onClose={() => setOpened(null)} />}
      {opened?.is === 'remove' && (
        <Confirm
          title={`Delete ${opened.template.name}?`}
          action="Delete"
          danger
          work={() => removeTemplate(opened.template.id)}
          onClose={() => setOpened(null)}
        >
          <p>Messages that were written with it stay as they are.</p>
        </Confirm>
      )}
    </section>
  );
}
