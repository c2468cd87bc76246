-- What wrk sends to the SCIM endpoint (scim_bench.py). Arguments: what to do, the token, a file with "id userName" a line, the id of the
-- group, a word that makes new user names new, and "every" for one after the other instead of any. The last line of the output is JSON.
local what, token, file, group, word, every
local ids, names, n = {}, {}, 0
local spare = 1000          -- the last of the file are not in the group
local written = 0

function init(args)
  what, token, file, group, word, every = args[1], args[2], args[3], args[4], args[5], args[6] == "every"
  for line in io.lines(file) do
    n = n + 1
    ids[n], names[n] = line:match("^(%S+) (%S+)$")
  end
  math.randomseed(#what + n)
  wrk.headers["Authorization"] = "Bearer " .. token
  wrk.headers["Content-Type"] = "application/scim+json"
end

local turn = 0
local function any()
  if not every then return math.random(1, n) end
  turn = turn % n + 1
  return turn
end
local function patch(path, operation)
  return wrk.format("PATCH", path, nil, '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[' .. operation .. "]}")
end

local make = {
  static = function() return wrk.format("GET", "/") end,
  get = function() return wrk.format("GET", "/scim/v2/Users/" .. ids[any()]) end,
  fresh = function() return wrk.format("GET", "/scim/v2/Users/" .. ids[any()], {Authorization = "Bearer " .. token, ["If-None-Match"] = "none"}) end,
  filter = function() return wrk.format("GET", "/scim/v2/Users?filter=userName%20eq%20%22" .. names[any()] .. "%22") end,
  search = function()
    return wrk.format("GET", "/scim/v2/Users?filter=userName%20eq%20%22" .. names[any()] .. "%22", {Authorization = "Bearer " .. token, ["If-None-Match"] = "none"})
  end,
  group = function() return wrk.format("GET", "/scim/v2/Groups/" .. group .. "?excludedAttributes=members") end,
  post = function()
    written = written + 1
    local name = word .. written
    return wrk.format("POST", "/scim/v2/Users", nil,
      '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"' .. name .. '","externalId":"x' .. name ..
      '","name":{"givenName":"Ada","familyName":"Test"},"displayName":"Ada Test","emails":[{"type":"work","primary":true,"value":"' .. name ..
      '@example.com"}],"active":true}')
  end,
  patch = function()
    written = written + 1
    return patch("/scim/v2/Users/" .. ids[any()], '{"op":"replace","path":"title","value":"' .. word .. written .. '"}')
  end,
  -- Each is a change: the spare ones come, then they go, and so on; the group keeps its size.
  member = function()
    local at = written % (2 * spare)
    written = written + 1
    local id = ids[n - at % spare]
    if at < spare then return patch("/scim/v2/Groups/" .. group, '{"op":"add","path":"members","value":[{"value":"' .. id .. '"}]}') end
    return patch("/scim/v2/Groups/" .. group, '{"op":"remove","path":"members[value eq \\"' .. id .. '\\"]"}')
  end,
}

function request() return make[what]() end

function done(summary, latency, requests)
  local e = summary.errors
  print(string.format('{"requests":%d,"seconds":%.3f,"p50":%.3f,"p99":%.3f,"refused":%d,"broken":%d}', summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, e.status, e.connect + e.read + e.write + e.timeout))
end
