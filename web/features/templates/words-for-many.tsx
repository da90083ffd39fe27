'use client';
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
        help={
          <>
            <code>{'{{name}}'}</code> and <code>{'{{firstName}}'}</code> become the name of whoever gets it.
          </>
        }
        value={text}
        onValue={onText}
        error={errors.text}
      />
      <TextField
        label="Subject"
        optional
        help="For those who get it by email."
        autoComplete="off"
        maxLength={300}
        value={subject}
        onValue={onSubject}
        error={errors.subject}
      />
    </>
  );
}
