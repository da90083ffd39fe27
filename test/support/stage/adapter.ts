import { onStage, sdk, usual } from './network.ts';

/**
 * An adapter package for tests of what people see: a network on which everything happens that any network could do,
 * exactly when the test says so.
 */
export default onStage({
  id: 'stage',
  name: 'Stage',
  channel: 'im',
  sdk: 1,
  loginFlows: [
    { id: 'name', label: 'Name', description: 'Say who you are' },
    { id: 'elsewhere', label: 'Another site', description: 'Sign in at the site of your company' },
  ],
  capabilities: sdk.capabilitiesOf(usual),
  addressHint: 'a name',
});
