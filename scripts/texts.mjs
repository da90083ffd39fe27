import { fileURLToPath } from 'node:url';
import { compileTexts } from './lib/texts.mjs';
import { problemsOf } from './lib/texts-check.mjs';

/** Compiles the words of the web client and says what is wrong with them; `npm run check` does the latter too. */
const root = fileURLToPath(new URL('..', import.meta.url));
compileTexts(root);
const problems = problemsOf(root);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
