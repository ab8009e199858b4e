// Drives the official timekit-sdk, unmodified: one function of it for each call.
import { createRequire } from 'node:module';
import { serve } from './bridge.mjs';

const sdk = createRequire(import.meta.url)('timekit-sdk');

// What the SDK hands to its caller, whether it resolved or rejected with a response; some of its
// functions only build an address and call nobody.
function shown(response) {
  if (typeof response === 'string') {
    return { status: 0, data: response, metaData: null, headers: {} };
  }
  const { status, data, metaData = null, headers } = response;
  return { status, data, metaData, headers: { ...headers } };
}

await serve(async ({ settings, call, args = [], include, carry, headers }) => {
  const timekit = sdk.newInstance();
  if (!call) {
    return { functions: Object.keys(timekit) };
  }
  timekit.configure(settings);
  if (include) timekit.include(...include);
  if (carry) timekit.carry(carry);
  if (headers) timekit.headers(headers);
  try {
    return { resolved: true, ...shown(await timekit[call](...args)) };
  } catch (problem) {
    if (!problem?.status) throw problem;
    return { resolved: false, ...shown(problem) };
  }
});
