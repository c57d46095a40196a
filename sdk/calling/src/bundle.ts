// The entry of `dist/calling.js`, for pages without a bundler: the SDK, and the credential that `createCallAgent` takes.

export * from './index.js';
export { AzureCommunicationTokenCredential } from '@azure/communication-common';
