-- Fields of the protocol ----------------------------------------------------------------------------------------------

local loaded, protocol = pcall(Proto, SPEC.name, SPEC.title)
if not loaded then
  -- Wireshark knows a protocol of this name already.
  SPEC.name = SPEC.name .. "_spec"
  protocol = Proto(SPEC.name, SPEC.title)
end

local known = {
  length = ProtoField.uint32(SPEC.name .. ".length", "Length", base.DEC),
  mti = ProtoField.string(SPEC.name .. ".mti", "Message type indicator"),
  bitmap = ProtoField.string(SPEC.name .. ".bitmap", "Bitmap"),
  undeclared = ProtoField.string(SPEC.name .. ".undeclared", "Tag that is not in the spec"),
}
local all = { known.length, known.mti, known.bitmap, known.undeclared }

local function declare(fields, parent)
  for _, field in ipairs(fields) do
    local path = parent .. field.key:lower()
    field.proto = ProtoField.string(path, field.key .. " " .. field.name)
    all[#all + 1] = field.proto
    if field.inside then declare(field.inside.fields, path .. ".") end
  end
end

declare(SPEC.fields, SPEC.name .. ".de")
protocol.fields = all

local wrong = ProtoExpert.new(SPEC.name .. ".malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR)
protocol.experts = { wrong }

local function by_key(fields)
  local found = {}
  for _, field in ipairs(fields) do found[field.key] = field end
  return found
end

-- Walking -------------------------------------------------------------------------------------------------------------

local inside_of

-- One value in the tree. `start` is where its prefix or tag begins.
local function show(tree, source, field, start, at, count, units)
  local content = bytes_at(source, at, count, field.key .. " " .. field.name)
  local range = range_of(source, start, at + count - start)
  if not field.inside then
    local text = shown(content, field, units)
    local item = tree:add(field.proto, range, text)
    local meaning = field.values and field.sensitive == "clear" and field.values[(text:gsub("^ +", ""):gsub(" +$", ""))]
    if meaning then item:append_text(" (" .. meaning .. ")") end
    return text
  end
  local item = tree:add(field.proto, range, string.format("[%d bytes]", count))
  local within, first = source, at
  if field.class == "b" and (field.encoding == "hex" or field.encoding == "ebcdic-hex") then
    local bytes = unhexed(content, field.encoding == "ebcdic-hex")
    if not bytes then malformed(string.format("%s %s is no hex", field.key, field.name)) end
    if #bytes == 0 then return end
    within, first, count = source_of(ByteArray.new(hex_of(bytes)):tvb(field.name)), 0, #bytes
  end
  -- What is wrong inside a value does not hide what comes after it.
  local good, failure = pcall(inside_of, item, within, first, first + count, field.inside)
  if not good then
    if type(failure) ~= "table" then error(failure, 0) end
    item:add_proto_expert_info(wrong, failure.malformed)
  end
end

-- A value that its own rule measures; gives where the next one starts.
local function element(tree, source, field, at)
  local prefix, count, units = measured(source, at, field)
  local text = show(tree, source, field, at, at + prefix, count, units)
  return at + prefix + count, text
end

local BITMAP = {
  binary = { 8, function(text) return text end },
  hex = { 16, function(text) return unhexed(text, false) end },
  ["ebcdic-hex"] = { 16, function(text) return unhexed(text, true) end },
}

-- The numbers whose bits are set, and where the bitmaps end. `alone`: with one map the first bit is like any other.
local function bits(source, at, rule, alone)
  local width, undone = BITMAP[rule.encoding][1], BITMAP[rule.encoding][2]
  local numbers, map = {}, 0
  while true do
    local text = undone(bytes_at(source, at, width, "a bitmap"))
    if not text then malformed("a bitmap is no hex") end
    at = at + width
    local more = false
    for bit = 1, 64 do
      local byte = text:byte(math.floor((bit - 1) / 8) + 1)
      if math.floor(byte / 2 ^ (7 - (bit - 1) % 8)) % 2 == 1 then
        if bit == 1 and not alone then more = true else numbers[#numbers + 1] = map * 64 + bit end
      end
    end
    map = map + 1
    if not more then return numbers, at end
    if map == rule.maps then malformed("a bitmap announces another one, which the dialect has not") end
  end
end

-- One object of BER-TLV: tag, where its content is, how long that is (EMV Book 3, annex B).
local function object(source, at)
  local tag = bytes_at(source, at, 1, "a tag")
  at = at + 1
  if tag:byte() % 32 == 31 then
    repeat
      if #tag == 4 then malformed("a tag is longer than four bytes") end
      local byte = bytes_at(source, at, 1, "a tag")
      tag, at = tag .. byte, at + 1
    until byte:byte() < 128
  end
  local length = bytes_at(source, at, 1, "a length"):byte()
  at = at + 1
  if length > 127 then
    local octets = length - 128
    if octets == 0 or octets > 4 then malformed("a length of a form that EMV does not have") end
    length = PREFIX["binary-be"](bytes_at(source, at, octets, "a length"))
    at = at + octets
  end
  return hex_of(tag), at, length
end

local KINDS = {}

function KINDS.positional(tree, source, at, finish, inside)
  for _, field in ipairs(inside.fields) do
    if at == finish then return end
    at = element(tree, source, field, at)
  end
  if at < finish then malformed(string.format("after the last position bytes are left over: %d", finish - at)) end
end

function KINDS.bitmap(tree, source, at, finish, inside)
  local numbers
  numbers, at = bits(source, at, inside.bitmap, inside.bitmap.maps == 1)
  inside.by_key = inside.by_key or by_key(inside.fields)
  for _, number in ipairs(numbers) do
    local field = inside.by_key[tostring(number)]
    if not field then malformed(string.format("bit %d is not in the spec", number)) end
    at = element(tree, source, field, at)
  end
  if at < finish then malformed(string.format("after the last field bytes are left over: %d", finish - at)) end
end

KINDS["ber-tlv"] = function(tree, source, at, finish, inside)
  inside.by_key = inside.by_key or by_key(inside.fields)
  while at < finish do
    if source.data:byte(at + 1) == 0 then
      -- Padding between objects.
      at = at + 1
    else
      local tag, first, count = object(source, at)
      local content = bytes_at(source, first, count, "tag " .. tag)
      local field = inside.by_key[tag]
      if field then
        show(tree, source, field, at, first, count, units_in(field, content))
      else
        tree:add(known.undeclared, range_of(source, at, first + count - at), string.format("%s [OPAQUE len=%d]", tag, count))
      end
      at = first + count
    end
  end
end

inside_of = function(tree, source, at, finish, inside)
  -- Nothing inside reaches beyond its end.
  local part = { tvb = source.tvb, data = source.data:sub(1, finish), size = finish }
  KINDS[inside.kind](tree, part, at, finish, inside)
end

local ELEMENTS = by_key(SPEC.fields)

local MTI = {
  ascii = { 4, function(text) return text end },
  ebcdic = { 4, function(text) return translated(text, PAGES.cp037) end },
  bcd = { 2, hex_of },
}

-- The name of a message type; a repeat is the message that it repeats.
local function message_name(mti)
  local repeated = mti:match("^(%d%d%d)[1357]$")
  return SPEC.messages[mti] or (repeated and SPEC.messages[repeated .. tostring(tonumber(mti:sub(4)) - 1)])
end

local function message(tree, source, pinfo)
  local width, undone = MTI[SPEC.mti][1], MTI[SPEC.mti][2]
  local mti = undone(bytes_at(source, 0, width, "the message type"))
  if not mti:find("^%d%d%d%d$") then malformed("the message type is no four digits") end
  local name = message_name(mti)
  local title = name and (mti .. " " .. name) or mti
  local item = tree:add(known.mti, range_of(source, 0, width), mti)
  if name then item:append_text(" (" .. name .. ")") end
  tree:append_text(", " .. title)
  local numbers, at = bits(source, width, SPEC.bitmap, false)
  tree:add(known.bitmap, range_of(source, width, at - width), table.concat(numbers, " "))
  pinfo.cols.info:append(" " .. title)
  for _, number in ipairs(numbers) do
    local field = ELEMENTS[tostring(number)]
    if not field then malformed(string.format("element %d is not in the spec", number)) end
    local text
    at, text = element(tree, source, field, at)
    if field.stan and field.sensitive == "clear" and text then
      pinfo.cols.info:append(" STAN " .. text)
    end
  end
  if at < source.size then malformed(string.format("after the last element bytes are left over: %d", source.size - at)) end
end

local function dissect(tvb, pinfo, tree, header)
  pinfo.cols.protocol = SPEC.name
  local item = tree:add(protocol, tvb:range(0, tvb:len()), SPEC.title)
  if header > 0 then item:add(known.length, tvb:range(0, header), tvb:len() - header) end
  if tvb:len() == header then
    pinfo.cols.info:append(" no message")
    return
  end
  local source = source_of(tvb:range(header):tvb())
  local good, failure = pcall(message, item, source, pinfo)
  if not good then
    if type(failure) ~= "table" then error(failure, 0) end
    item:add_proto_expert_info(wrong, failure.malformed)
  end
end

-- Bytes of a message with its header. A header of four bytes is decimal digits or a number; no number that begins like
-- digits could be that of a message.
local function whole(tvb, _, offset)
  local header = tvb:raw(offset, SPEC.header)
  if SPEC.header == 4 and header:find("^%d%d%d%d$") then return tonumber(header, 10) + 4 end
  return PREFIX["binary-be"](header) + SPEC.header
end

function protocol.dissector(tvb, pinfo, tree)
  if tvb:len() == 0 then return end
  pinfo.cols.info = SPEC.name
  if SPEC.header == 0 then
    dissect(tvb, pinfo, tree, 0)
  else
    dissect_tcp_pdus(tvb, tree, SPEC.header, whole, function(part, info, root)
      dissect(part, info, root, SPEC.header)
      return part:len()
    end)
  end
  return tvb:len()
end

local ports = DissectorTable.get("tcp.port")
if SPEC.port then ports:add(SPEC.port, protocol) else ports:add_for_decode_as(protocol) end
