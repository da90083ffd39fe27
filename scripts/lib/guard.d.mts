export class StepError extends Error {
  constructor(label: string, output: string);
  output: string;
}
export function guarded(work: () => void | Promise<void>): Promise<void>;
