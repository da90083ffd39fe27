// Plain and old-fashioned on purpose: an old Node must get as far as the line that says it is too old.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `Parley needs Node 20 or newer to start, and this is ${process.versions.node}. Get one from https://nodejs.org.`,
  );
  process.exit(1);
}
import('./lib/serve.mjs').then(({ serve }) => serve());
