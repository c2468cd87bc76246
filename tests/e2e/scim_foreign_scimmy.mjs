// A SCIM service out of npm's scimmy-routers, in memory. `node scim_foreign_scimmy.mjs [patch]`: with `patch` PATCH and filters are offered,
// and users show their groups; without, only what scimmy offers by itself. Says its port, and ends when its standard input does.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const rich = process.argv.includes("patch");
const users = new Map(), groups = new Map();
let next = 1;
if (rich) SCIMMY.Config.set({patch: true, filter: {supported: true, maxResults: 100}});

function keep(kept, instance, resource) {
  const id = instance.id ?? String(next++);
  const now = new Date();
  const before = kept.get(id);
  if (instance.id && !before) throw new SCIMMY.Types.Error(404, null, `${instance.id} not found`);
  const fresh = {...JSON.parse(JSON.stringify(resource)), id, meta: {created: before?.meta.created ?? now, lastModified: now}};
  kept.set(id, fresh);
  return fresh;
}
const found = (kept, instance) => {
  if (!instance.id) return instance.filter ? instance.filter.match([...kept.values()]) : [...kept.values()];
  if (!kept.has(instance.id)) throw new SCIMMY.Types.Error(404, null, `${instance.id} not found`);
  return kept.get(instance.id);
};
const gone = (kept, instance) => { if (!kept.delete(instance.id)) throw new SCIMMY.Types.Error(404, null, `${instance.id} not found`); };
const withGroups = (user) => {
  const held = [...groups.values()].filter((group) => group.members?.some((member) => member.value === user.id));
  return rich && held.length ? {...user, groups: held.map((group) => ({value: group.id, display: group.displayName}))} : user;
};

SCIMMY.Resources.declare(SCIMMY.Resources.User)
  .ingress((instance, resource) => {
    const name = resource.userName.toLowerCase();
    for (const other of users.values())
      if (other.id !== instance.id && other.userName.toLowerCase() === name) throw new SCIMMY.Types.Error(409, "uniqueness", "userName is taken");
    const {password, groups: computed, ...rest} = resource;
    return withGroups(keep(users, instance, rest));
  })
  .egress((instance) => { const result = found(users, instance); return Array.isArray(result) ? result.map(withGroups) : withGroups(result); })
  .degress((instance) => {
    gone(users, instance);
    for (const group of groups.values()) group.members = group.members?.filter((member) => member.value !== instance.id);
  })
  .extend(SCIMMY.Schemas.EnterpriseUser, false);
SCIMMY.Resources.declare(SCIMMY.Resources.Group)
  .ingress((instance, resource) => keep(groups, instance, resource))
  .egress((instance) => found(groups, instance))
  .degress((instance) => gone(groups, instance));

const app = express();
app.use("/scim", new SCIMMYRouters({type: "bearer", handler: (request) => {
  if (request.header("Authorization") !== "Bearer the-key") throw new Error("wrong token");
  return "rollcall";
}}));
const server = app.listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port + "/scim"));
process.stdin.on("end", () => process.exit(0)).resume();
