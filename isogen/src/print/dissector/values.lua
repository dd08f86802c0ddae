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
  local bytes, units = wire_bytes(field, count), count
  if field.counts == "bytes" then
    bytes, units = count, units_in(field, source.data:sub(at + width + 1, at + width + count))
  end
  -- A length that cannot be is often the first sign of another dialect: nothing after it is read.
  if units > field.max or units < field.min then
    local limits = string.format("not within %d and %d", field.min, field.max)
    malformed(string.format("the length of %s %s is %d, %s", field.key, field.name, units, limits))
  end
  return width, bytes, units
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
  -- A TLV may have another length than its tag allows.
  local fits = units <= field.max and (field.length ~= "fixed" or #content == wire_bytes(field, field.max))
  local text = fits and text_of(content, field, units)
  if not text then return string.format("[UNREADABLE len=%d]", units) end
  if field.sensitive == "pan" then return masked_pan(text) end
  return text
end

