-- For wrk: GETs, or POSTs of a service entry when BODY is set (each with a `once` of its own); ends with one line of figures.
local body = os.getenv('BODY')
local digits = '0123456789abcdefghjkmnpqrstvwxyz'
local seed = 0
function setup(thread) seed = seed + 1; thread:set('seed', seed) end
function init(args) math.randomseed(os.time() * 1000 + (seed or 0) * 7919) end
local function once()
  local text = '0'
  for _ = 1, 12 do local n = math.random(32); text = text .. digits:sub(n, n) end
  return text
end
if body then
  wrk.method = 'POST'
  wrk.headers['Content-Type'] = 'application/x-www-form-urlencoded'
  function request() return wrk.format(nil, nil, nil, body .. '&once=' .. once()) end
end
function done(summary, latency, requests)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('FIGURES %d %d %d %d %d %d\n', summary.requests, summary.duration, errors,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
