'use client';
import { type FormEvent, useRef, useState } from 'react';
import type { Template, Variants } from '../../lib/api/types';
import { useFirstBad } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { AreaField, TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';
import { createTemplate, patchTemplate } from './saved';
import { WordsForMany } from './words-for-many';

export type TemplateDraft = Pick<Template, 'text' | 'format' | 'subject' | 'variants'>;
type Props = { template: Template | null; draft?: TemplateDraft; onClose: () => void };

/** Makes a saved message, of a draft or anew, or changes one. */
export function TemplateForm({ template, draft, onClose }: Props) {
  const from = template ?? draft;
  const [name, setName] = useState(template?.name ?? '');
  const [text, setText] = useState(from?.text ?? '');
  const [subject, setSubject] = useState(from?.subject ?? '');
  const [sms, setSms] = useState(from?.variants?.sms?.text ?? '');
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  useFirstBad(form, action.errors);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const format = from?.format ?? 'plain';
    const { sms: _sms, ...others } = from?.variants ?? {};
    const variants: Variants = { ...others, ...(sms.trim() ? { sms: { text: sms } } : {}) };
    const some = Object.keys(variants).length > 0;
    const done = await action.run(() =>
      template
        ? patchTemplate(template.id, {
            name: name.trim(),
            text,
            format,
            subject: subject.trim() || null,
            variants: some ? variants : null,
          })
        : createTemplate({
            name: name.trim(),
            text,
            format,
            ...(subject.trim() ? { subject: subject.trim() } : {}),
            ...(some ? { variants } : {}),
          }),
    );
    if (done) onClose();
  };
  const { errors } = action;
  return (
    <Dialog title={template ? t('templates.title-of', { name: template.name }) : t('templates.new')} onClose={onClose}>
      <form className="form" ref={form} onSubmit={submit} noValidate>
        <TextField
          label={t('templates.name')}
          autoComplete="off"
          maxLength={80}
          data-autofocus
          value={name}
          onValue={setName}
          error={errors.name}
        />
        <WordsForMany
          label={t('templates.text')}
          rows={4}
          text={text}
          subject={subject}
          onText={setText}
          onSubject={setSubject}
          errors={errors}
        />
        <AreaField
          label={t('templates.sms-words')}
          optional
          help={t('templates.sms-help')}
          rows={2}
          value={sms}
          onValue={setSms}
          error={errors.variants}
        />
        {Object.keys(errors).length === 0 && <FormError text={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={action.busy || !name.trim() || !text.trim()}
          >
            {t('templates.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
