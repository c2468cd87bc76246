// The vendor's own SDK (npm loginradius-sdk) drives the sandbox: node loginradius_sdk.cjs URL. The SDK speaks HTTPS to a fixed port;
// its requests go to the sandbox instead, each over a connection of its own: what is left of a body that the SDK cut off is no request.
const assert = require("assert"), http = require("http"), https = require("https");
const target = new URL(process.argv[2]);
https.request = (options, done) => http.request({ ...options, hostname: target.hostname, port: target.port, agent: false }, done);
const make = (apiSecret) => require("loginradius-sdk")({ apiDomain: "sandbox", apiKey: "the-key", apiSecret }).accountApi;
const api = make("the-secret");
const refused = async (work, code) => assert.equal(await work.then(() => "no error", (error) => error.ErrorCode), code);

(async () => {
  const made = await api.createAccount({ Email: [{ Type: "Primary", Value: "sdk@example.com" }], FirstName: "Sdk", Password: "Correct-Horse-1" });
  assert.match(made.Uid, /^[0-9a-f]{32}$/);
  await refused(api.createAccount({ Email: [{ Type: "Primary", Value: "SDK@example.com" }] }), 936);
  assert.equal((await api.getAccountProfileByEmail("sdk@example.com")).Uid, made.Uid);
  assert.equal((await api.getAccountProfileByUid(made.Uid)).FirstName, "Sdk");
  assert.deepEqual((await api.getAccountIdentitiesByEmail("sdk@example.com")).Data.map((one) => one.Uid), [made.Uid]);
  assert.equal((await api.updateAccountByUid({ LastName: "New", CustomFields: { a: "1" } }, made.Uid)).LastName, "New");
  const emails = (await api.upsertEmail({ Email: [{ type: "Secondary", value: "home@example.net" }] }, made.Uid)).Email;
  assert.deepEqual(emails.map((one) => one.Type + " " + one.Value), ["Primary sdk@example.com", "Secondary home@example.net"]);
  // The SDK counts characters where bytes are due: a body that is not ASCII arrives cut off.
  await refused(api.updateAccountByUid({ LastName: "Škvorecký" }, made.Uid), 965);
  await refused(api.getAccountProfileByUid("nobody"), 938);
  await refused(make("wrong").getAccountProfileByUid(made.Uid), 902);
  assert.equal((await api.deleteAccountByUid(made.Uid)).IsDeleted, true);
  await refused(api.deleteAccountByUid(made.Uid), 938);
  console.log("driven");
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
