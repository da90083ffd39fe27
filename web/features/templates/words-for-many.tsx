'use client';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { AreaField, TextField } from '../../ui/field';

type Props = {
  label: string;
  rows: number;
  text: string;
  subject: string;
  onText: (text: string) => void;
  onSubject: (subject: string) => void;
  errors: Record<string, string>;
};

/** What is written to many: with placeholders for their names, and a subject for those who get it by mail. */
export function WordsForMany({ label, rows, text, subject, onText, onSubject, errors }: Props) {
  return (
    <>
      <AreaField
        label={label}
        rows={rows}
        help={rich('templates.placeholders', {
          name: <code>{'{{name}}'}</code>,
          firstName: <code>{'{{firstName}}'}</code>,
        })}
        value={text}
        onValue={onText}
        error={errors.text}
      />
      <TextField
        label={t('templates.subject')}
        optional
        help={t('templates.subject-help')}
        autoComplete="off"
        maxLength={300}
        value={subject}
        onValue={onSubject}
        error={errors.subject}
      />
    </>
  );
}
