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
  undeclared = ProtoField.string(SPEC.name .. ".undeclared", "Not in the spec"),
}
local all = { known.length, known.mti, known.bitmap, known.undeclared }

local function declare(fields, parent)
  for _, field in ipairs(fields) do
    -- A filter has letters, digits, hyphens and underscores between its dots.
    local part = field.key:lower():gsub("[^%w_-]", function(one) return string.format("_%02x", one:byte()) end)
    local path = parent .. part
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
    if map == rule.maps and rule.third then
      numbers.third = true
      return numbers, at
    end
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

-- What a tag or name stands for: its value where it is declared, else its length. `start` is where the object begins,
-- `first` where its value does.
local function declared_or_not(tree, source, inside, key, start, first, count, units)
  inside.by_key = inside.by_key or by_key(inside.fields)
  local field = inside.by_key[key]
  local content = bytes_at(source, first, count, "the value of " .. key)
  if field then
    show(tree, source, field, start, first, count, units or units_in(field, content))
  else
    if inside.closed then malformed(key .. " is not in the spec") end
    tree:add(known.undeclared, range_of(source, start, first + count - start), string.format("%s [OPAQUE len=%d]", key, count))
  end
end

KINDS["ber-tlv"] = function(tree, source, at, finish, inside)
  while at < finish do
    if source.data:byte(at + 1) == 0 then
      -- Padding between objects.
      at = at + 1
    else
      local tag, first, count = object(source, at)
      declared_or_not(tree, source, inside, tag, at, first, count)
      at = first + count
    end
  end
end

local TAG = {
  ascii = function(text) return text end,
  ebcdic = function(text) return translated(text, PAGES.cp037) end,
  bcd = hex_of,
  binary = hex_of,
}

-- Objects of tags and lengths that are all of one width.
local function objects(tree, source, at, finish, inside, length_first)
  inside.by_key = inside.by_key or by_key(inside.fields)
  local tag, length = inside.tag, inside.length
  while at < finish do
    bytes_at(source, at, tag.width + length.width, "a tag and its length")
    local tag_at, length_at = at, at + tag.width
    if length_first then tag_at, length_at = at + length.width, at end
    local key = TAG[tag.encoding](bytes_at(source, tag_at, tag.width, "a tag"))
    key = key:gsub("[^ -~]", function(one) return string.format("\\x%02X", one:byte()) end)
    local count = PREFIX[length.encoding](bytes_at(source, length_at, length.width, "the length of tag " .. key))
    if not count then malformed(string.format("the length of tag %s is no number", key)) end
    local units
    local field = inside.by_key[key]
    if length.counts == "units" and field then
      units, count = count, wire_bytes(field, count)
    elseif length.covers == "tag-value" then
      count = count - tag.width
    elseif length.covers == "all" then
      count = count - tag.width - length.width
    end
    if count < 0 then malformed(string.format("the length of tag %s is shorter than what it covers", key)) end
    local first = at + tag.width + length.width
    declared_or_not(tree, source, inside, key, at, first, count, units)
    at = first + count
  end
end

function KINDS.tlv(tree, source, at, finish, inside)
  objects(tree, source, at, finish, inside, false)
end

function KINDS.ltv(tree, source, at, finish, inside)
  objects(tree, source, at, finish, inside, true)
end

-- A digit that says how many digits a length has, and the length.
local function counted(source, at, what)
  local width = decimal(bytes_at(source, at, 1, what))
  if not width or width == 0 then malformed(what .. " does not begin with a digit from 1 to 9") end
  local count = decimal(bytes_at(source, at + 1, width, what))
  if not count then malformed(what .. " is no number") end
  return count, at + 1 + width
end

function KINDS.pairs(tree, source, at, finish, inside)
  while at < finish do
    local start = at
    local count
    count, at = counted(source, at, "the length of a name")
    local name = bytes_at(source, at, count, "a name")
    name = name:gsub("[^ -~]", function(one) return string.format("\\x%02X", one:byte()) end)
    count, at = counted(source, at + count, "the length of the value of " .. name)
    declared_or_not(tree, source, inside, name, start, at, count)
    at = at + count
  end
end

KINDS["repeat"] = function(tree, source, at, finish, inside)
  local group, number = inside.fields[1], 0
  while at < finish do
    number = number + 1
    if inside.most and number > inside.most then
      malformed(string.format("more than %d groups", inside.most))
    end
    local start = at
    local item = tree:add(group.proto, range_of(source, at, finish - at), tostring(number))
    for _, field in ipairs(group.inside.fields) do
      at = element(item, source, field, at)
    end
    if at == start then malformed("a group of nothing") end
    item:set_len(at - start)
  end
end

-- The value of an XML element: its text is what stands on the wire elsewhere, bytes in hex.
local function xml_value(field, text)
  local plain = {}
  for key, value in pairs(field) do plain[key] = value end
  plain.encoding = field.class == "b" and "hex" or "utf8"
  if text:find("&", 1, true) then return string.format("[UNREADABLE len=%d]", #text) end
  local units = field.class == "b" and math.floor(#text / 2) or #text
  return shown(text, plain, units)
end

-- Content as XML: every element without elements in it.
local function xml(tree, source, at, finish, inside)
  inside.by_element = inside.by_element or {}
  for _, field in ipairs(inside.fields) do
    if field.xml then inside.by_element[field.xml] = field end
  end
  local next_at = at + 1
  while true do
    local from, to, name, text = source.data:find("<([%a_][%w_.:-]*)[^<>]*>([^<>]*)</%1%s*>", next_at)
    if not from or to > finish then return end
    local range = range_of(source, from - 1, to - from + 1)
    local field = inside.by_element[name]
    if field and not field.inside then
      tree:add(field.proto, range, xml_value(field, text))
    else
      tree:add(known.undeclared, range, string.format("%s [OPAQUE len=%d]", name, #text))
    end
    next_at = to + 1
  end
end

inside_of = function(tree, source, at, finish, inside)
  -- Nothing inside reaches beyond its end.
  local part = { tvb = source.tvb, data = source.data:sub(1, finish), size = finish }
  if inside.xml and part.data:find("^[ \t\r\n]*<", at + 1) then return xml(tree, part, at, finish, inside) end
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
  local place = 1
  while true do
    -- The third bitmap may stand among the elements: it is element 65.
    if numbers.third and (numbers[place] or 65) >= 65 then
      numbers.third = false
      local start, more = at, nil
      more, at = bits(source, at, { encoding = SPEC.bitmap.encoding, maps = 1 }, true)
      for index, bit in ipairs(more) do
        more[index] = bit + 128
        numbers[#numbers + 1] = bit + 128
      end
      tree:add(known.bitmap, range_of(source, start, at - start), table.concat(more, " "))
    end
    local number = numbers[place]
    if not number then break end
    place = place + 1
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
