// The vendor's own descriptors (@zitadel/proto) as a judge, and as a client.
//   node zitadel_proto.mjs judge FILE   every exchange of FILE (a JSON object a line) is a request, and where it succeeded an answer, of a
//                                       method of the vendor: path by google.api.http, members by name and type, lengths by validate.rules
//   node zitadel_proto.mjs drive URL    a Connect client made from the descriptors makes, finds, invites and removes somebody at URL
// It is copied beside node_modules before it runs.
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { ScalarType, fromJson, getOption, hasOption } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { http } from "@zitadel/proto/google/api/annotations_pb.js";
import { rules } from "@zitadel/proto/validate/validate_pb.js";
import { UserService } from "@zitadel/proto/zitadel/user/v2/user_service_pb.js";
import { ManagementService } from "@zitadel/proto/zitadel/management_pb.js";
import { AuthorizationService } from "@zitadel/proto/zitadel/authorization/v2beta/authorization_service_pb.js";
import { ProjectService } from "@zitadel/proto/zitadel/project/v2beta/project_service_pb.js";

const bases = new Map([[UserService, ""], [ManagementService, "/management/v1"]]);

// REST: {path parameter} by the vendor's rule. Connect: the released package has these two services as v2beta only; their messages are
// those of v2 as far as we use them.
function methodOf(verb, path) {
  const connect = path.match(/^\/zitadel\.(authorization|project)\.v2\.\w+\/(\w+)$/);
  if (connect) {
    const service = connect[1] === "project" ? ProjectService : AuthorizationService;
    return [service.methods.find((m) => m.name === connect[2]), {}];
  }
  for (const [service, base] of bases)
    for (const method of service.methods) {
      if (!hasOption(method, http)) continue;
      const rule = getOption(method, http).pattern;
      if (!rule.value || rule.case?.toUpperCase() !== verb) continue;
      const names = [];
      const pattern = (base + rule.value).replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, (_, name) => (names.push(name), "([^/]+)"));
      const found = path.match(new RegExp("^" + pattern + "$"));
      if (found) return [method, Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1])]))];
    }
  return [undefined, {}];
}

function checkLengths(message, where) {
  for (const field of message.fields) {
    const implicit = field.presence === 2;                    // a text that is not there is an empty one (FeatureSet.FieldPresence)
    if (!message.isSet(field) && !(implicit && field.fieldKind === "scalar")) continue;
    const value = message.get(field);
    if (field.fieldKind === "message") checkLengths(value, where + "." + field.name);
    if (field.fieldKind === "list" && field.listKind === "message") for (const item of value) checkLengths(item, where + "." + field.name);
    if (field.fieldKind !== "scalar" || field.scalar !== ScalarType.STRING || !hasOption(field, rules)) continue;
    const rule = getOption(field, rules).type;
    if (rule.case !== "string" || (value === "" && rule.value.ignoreEmpty)) continue;
    const length = [...value].length;
    assert.ok(length <= Number(rule.value.maxLen || 1e9) && length >= Number(rule.value.minLen || 0), `${where}.${field.name}: length ${length}`);
  }
}

function judge(file) {
  const seen = {};
  for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
    const { method: verb, path, query, body, status, answer } = JSON.parse(line);
    if (path === "/oauth/v2/token") continue;                 // OAuth, no method of the API
    const [method, parameters] = methodOf(verb, path);
    assert.ok(method, `no method of the vendor is ${verb} ${path}`);
    const given = { ...(body ? JSON.parse(body) : {}), ...parameters };
    if (query) given.keys = query.split("&").map((pair) => decodeURIComponent(pair.slice("keys=".length)));
    const request = fromJson(method.input, given);            // an unknown member, a wrong type, two of a oneof: an error
    checkLengths(reflect(method.input, request), method.name);
    if (status === 200 && !path.startsWith("/zitadel.")) fromJson(method.output, JSON.parse(answer));
    seen[method.name] = (seen[method.name] ?? 0) + 1;
  }
  console.log(JSON.stringify(seen));
}

async function drive(url) {
  const { createClient, ConnectError, Code } = await import("@connectrpc/connect");
  const { createConnectTransport } = await import("@connectrpc/connect-node");
  const bearer = (next) => (request) => (request.header.set("Authorization", "Bearer the-key"), next(request));
  const users = createClient(UserService, createConnectTransport({ baseUrl: url, httpVersion: "1.1", useBinaryFormat: false, interceptors: [bearer] }));
  const refused = async (work, code) => {
    try {
      await work;
    } catch (error) {
      assert.equal(ConnectError.from(error).code, code, String(error));
      return;
    }
    assert.fail("not refused");
  };
  const person = { userId: "zoë-1", username: "zoë", profile: { givenName: "Zoë", familyName: "Müller" }, email: { email: "zoe@example.com", verification: { case: "isVerified", value: true } } };
  assert.equal((await users.addHumanUser(person)).userId, "zoë-1");
  await refused(users.addHumanUser(person), Code.FailedPrecondition);
  await refused(users.addHumanUser({ ...person, userId: "other" }), Code.AlreadyExists);
  await refused(users.getUserByID({ userId: "nobody" }), Code.NotFound);
  const { user } = await users.getUserByID({ userId: "zoë-1" });
  assert.equal(user.type.value.profile.familyName, "Müller");
  const found = await users.listUsers({ queries: [{ query: { case: "userNameQuery", value: { userName: "ZOë", method: 1 } } }] });
  assert.equal(found.result[0].userId, "zoë-1");
  const { inviteCode } = await users.createInviteCode({ userId: "zoë-1", verification: { case: "returnCode", value: {} } });
  assert.match(inviteCode, /^[A-Z0-9]{6}$/);
  await refused(users.verifyInviteCode({ userId: "zoë-1", verificationCode: "WRONG1" }), Code.InvalidArgument);
  await users.verifyInviteCode({ userId: "zoë-1", verificationCode: inviteCode });
  await users.setPassword({ userId: "zoë-1", newPassword: { password: "Correct-Horse-1" } });
  assert.equal((await users.listAuthenticationMethodTypes({ userId: "zoë-1" })).authMethodTypes.length, 1);
  await refused(users.createInviteCode({ userId: "zoë-1", verification: { case: "returnCode", value: {} } }), Code.FailedPrecondition);
  await users.deactivateUser({ userId: "zoë-1" });
  await refused(users.deactivateUser({ userId: "zoë-1" }), Code.FailedPrecondition);
  await users.reactivateUser({ userId: "zoë-1" });
  await users.deleteUser({ userId: "zoë-1" });
  await refused(users.deleteUser({ userId: "zoë-1" }), Code.NotFound);
  console.log("driven");
}

const [what, which] = process.argv.slice(2);
await (what === "judge" ? judge(which) : drive(which));
