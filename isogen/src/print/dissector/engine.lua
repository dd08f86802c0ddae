-- From here on nothing depends on the dialect. Runs in Lua 5.2 (Wireshark 2 to 4.2) and 5.4 (4.4 and later).

local function malformed(text)
  error({ malformed = text }, 0)
end

-- A stretch of bytes that values are read from: a message, or what a composite is when its hex is undone.
local function source_of(tvb)
  return { tvb = tvb, data = tvb:raw(), size = tvb:len() }
end

local function bytes_at(source, at, count, what)
  if at + count > source.size then
    malformed(string.format("%s needs %d bytes, %d are left", what, count, source.size - at))
  end
  return source.data:sub(at + 1, at + count)
end

local function range_of(source, at, count)
  return source.tvb:range(at, count)
end

-- Code pages ----------------------------------------------------------------------------------------------------------

local function code_page(hex)
  local page = {}
  for index = 0, 255 do
    page[index] = string.char(tonumber(hex:sub(index * 2 + 1, index * 2 + 2), 16))
  end
  return page
end

local PAGES = { cp037 = code_page(CP037), cp1047 = code_page(CP1047) }

local function translated(text, page)
  return (text:gsub(".", function(one) return page[one:byte()] end))
end

-- Bytes of ISO 8859-1 as UTF-8, which is what Wireshark shows.
local function utf8_of(text)
  return (text:gsub("[\128-\255]", function(one)
    local byte = one:byte()
    return string.char(0xC0 + math.floor(byte / 64), 0x80 + byte % 64)
  end))
end

local function hex_of(text)
  return (text:gsub(".", function(one) return string.format("%02X", one:byte()) end))
end

-- The bytes that hex digits stand for; nothing where one of them is no hex digit.
local function unhexed(text, ebcdic)
  if ebcdic then text = translated(text, PAGES.cp037) end
  if #text % 2 == 1 or text:find("[^0-9A-Fa-f]") then return nil end
  return (text:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
end

-- Lengths -------------------------------------------------------------------------------------------------------------

local function decimal(text)
  if text == "" or text:find("[^0-9]") then return nil end
  return tonumber(text, 10)
end

local PREFIX = {
  ascii = decimal,
  ebcdic = function(text) return decimal(translated(text, PAGES.cp037)) end,
  bcd = function(text) return decimal(hex_of(text)) end,
  hex = function(text)
    if text == "" or text:find("[^0-9A-Fa-f]") then return nil end
    return tonumber(text, 16)
  end,
  ["binary-be"] = function(text)
    local number = 0
    for index = 1, #text do number = number * 256 + text:byte(index) end
    return number
  end,
  ["binary-le"] = function(text)
    local number = 0
    for index = #text, 1, -1 do number = number * 256 + text:byte(index) end
    return number
  end,
}

-- Bytes on the wire of so many units.
local function wire_bytes(field, units)
  if field.encoding == "bcd" then
    -- The sign of x+n stays a byte of its own.
    if field.class == "x+n" then return 1 + math.floor(units / 2) end
    return math.floor((units + 1) / 2)
  elseif field.encoding == "hex" or field.encoding == "ebcdic-hex" then
    return units * 2
  end
  return units
end

-- Units in so many bytes on the wire. Packed digits are an even count, unless a filler that is no digit says otherwise,
-- or one more digit would be beyond an odd maximum.
local function units_in(field, content)
  local count = #content
  if field.encoding == "hex" or field.encoding == "ebcdic-hex" then return math.floor(count / 2) end
  if field.encoding ~= "bcd" then return count end
  local sign = field.class == "x+n" and 1 or 0
  local filler
  if count > sign then
    filler = field.side == "left" and math.floor(content:byte(1 + sign) / 16) or content:byte(count) % 16
  end
  local units = count * 2 - sign
  if field.nibble > 9 and filler == field.nibble then units = units - 1 end
  if units == field.max + 1 then units = field.max end
  return units
end

-- Where a value that its own rule measures has its content: bytes of the prefix, bytes of the content, units.
local function measured(source, at, field)
  if field.length == "fixed" then
    return 0, wire_bytes(field, field.max), field.max
  elseif field.length == "rest" then
    local content = source.data:sub(at + 1)
    return 0, #content, units_in(field, content)
  end
  local width = field.prefix == "bcd" and math.floor((field.width + 1) / 2) or field.width
  local count = PREFIX[field.prefix](bytes_at(source, at, width, field.key .. " " .. field.name))
  if not count then malformed(string.format("the length of %s %s is no number", field.key, field.name)) end
  if field.inclusive then count = count - width end
  if count < 0 then malformed(string.format("the length of %s %s is shorter than itself", field.key, field.name)) end
  if field.counts == "bytes" then
    return width, count, units_in(field, source.data:sub(at + width + 1, at + width + count))
  end
  return width, wire_bytes(field, count), count
end

-- Values --------------------------------------------------------------------------------------------------------------

local function unpacked(content, field, units)
  local sign = ""
  if field.class == "x+n" then
    sign, content, units = content:sub(1, 1), content:sub(2), units - 1
    if sign:byte() and sign:byte() > 127 then sign = translated(sign, PAGES.cp037) end
  end
  local digits = hex_of(content)
  if units % 2 == 1 then
    digits = field.side == "left" and digits:sub(2) or digits:sub(1, units)
  end
  if field.class == "z" then digits = digits:gsub("D", "=") end
  if digits:find("[^0-9=]") then return nil end
  return sign .. digits
end

local CLASSES = {
  n = "^%d*$", a = "^[A-Za-z]*$", an = "^[A-Za-z0-9]*$", anp = "^[A-Za-z0-9 ]*$", as = "^[ -/:-~]*$",
  ns = "^[ -@[-`{-~]*$", ans = "^[ -~]*$", z = "^[0-?D]*$", ["x+n"] = "^[CD]%d*$",
}

local function in_class(text, field)
  if field.lenient then return true end
  -- The blanks of a fixed length are of no class.
  if field.length == "fixed" and field.pad == "right" then text = text:gsub(" *$", "") end
  if field.length == "fixed" and field.pad == "left" then text = text:gsub("^ *", "") end
  return text:find(CLASSES[field.class]) ~= nil
end

-- The value as text; nothing where it is not what the spec says, since it may then be anything.
local function text_of(content, field, units)
  local encoding = field.encoding
  if field.class == "b" then
    if encoding == "hex" or encoding == "ebcdic-hex" then
      content = unhexed(content, encoding == "ebcdic-hex")
    end
    return content and hex_of(content)
  end
  local text = content
  if PAGES[encoding] then
    text = translated(content, PAGES[encoding])
  elseif encoding == "bcd" then
    text = unpacked(content, field, units)
  end
  if not text or not in_class(text, field) then return nil end
  if encoding ~= "utf8" then text = utf8_of(text) end
  return (text:gsub("%c", function(one) return string.format("\\x%02X", one:byte()) end))
end

-- First six and last four; of ten or fewer the last four, of four or fewer none.
local function masked_pan(text)
  local count = #text
  local head, tail = 6, 4
  if count <= 4 then head, tail = 0, 0 elseif count <= 10 then head = 0 end
  return text:sub(1, head) .. string.rep("*", count - head - tail) .. text:sub(count - tail + 1)
end

local function shown(content, field, units)
  local hidden = { sad = "SAD", key = "KEY", pii = "PII", opaque = "OPAQUE" }
  if hidden[field.sensitive] then
    return string.format("[%s len=%d]", hidden[field.sensitive], units)
  end
  local text = text_of(content, field, units)
  if not text then return string.format("[UNREADABLE len=%d]", units) end
  if field.sensitive == "pan" then return masked_pan(text) end
  return text
end

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
  if at < finish then malformed(string.format("%d bytes after the last position", finish - at)) end
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
  if at < finish then malformed(string.format("%d bytes after the last field", finish - at)) end
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
  if at < source.size then malformed(string.format("%d bytes after the last element", source.size - at)) end
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
