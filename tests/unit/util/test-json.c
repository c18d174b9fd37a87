// SPDX-License-Identifier: GPL-2.0-only
/* The JSON writer, read back by a checker that follows RFC 8259 to the letter. */
#include "test.h"
#include "json.h"
#include "text.h"

/* Takes one value off *p and returns whether there was one. The last string read stays in text. */
struct checker {
	const char *p;
	char text[512];
	size_t text_len;
};

static bool value(struct checker *c);

static bool literal(struct checker *c, const char *s)
{
	size_t len = strlen(s);

	if (strncmp(c->p, s, len) != 0)
		return false;
	c->p += len;
	return true;
}

static void keep(struct checker *c, const char *s, size_t len)
{
	assert_true(c->text_len + len < sizeof(c->text));
	memcpy(c->text + c->text_len, s, len);
	c->text_len += len;
	c->text[c->text_len] = '\0';
}

static bool unicode_escape(struct checker *c)
{
	char hex[5] = {}, utf8[4];
	unsigned int u;

	for (int i = 0; i < 4; i++) {
		if (!strchr("0123456789abcdefABCDEF", c->p[i]) || !c->p[i])
			return false;
		hex[i] = c->p[i];
	}
	c->p += 4;
	u = strtoul(hex, NULL, 16);
	if (u >= 0xd800 && u <= 0xdfff)
		return false; /* the writer has no need of surrogates */
	if (u < 0x80) {
		utf8[0] = u;
		keep(c, utf8, 1);
	} else if (u < 0x800) {
		utf8[0] = 0xc0 | u >> 6;
		utf8[1] = 0x80 | (u & 0x3f);
		keep(c, utf8, 2);
	} else {
		utf8[0] = 0xe0 | u >> 12;
		utf8[1] = 0x80 | (u >> 6 & 0x3f);
		utf8[2] = 0x80 | (u & 0x3f);
		keep(c, utf8, 3);
	}
	return true;
}

static bool string(struct checker *c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

	c->text_len = 0;
	c->text[0] = '\0';
	if (*c->p++ != '"')
		return false;
	while (*c->p != '"') {
		size_t n = text_utf8_length(c->p, strlen(c->p));
		unsigned char first = *c->p;

		/* beyond RFC 8259: nothing that steers a terminal */
		if (n == 0 || first < 0x20 || first == 0x7f || !text_printable(c->p, n))
			return false;
		if (first != '\\') {
			keep(c, c->p, n);
			c->p += n;
			continue;
		}
		c->p++;
		if (*c->p == 'u') {
			c->p++;
			if (!unicode_escape(c))
				return false;
			continue;
		}
		if (!*c->p || !strchr(from, *c->p))
			return false;
		keep(c, &to[strchr(from, *c->p) - from], 1);
		c->p++;
	}
	c->p++;
	return true;
}

static bool number(struct checker *c)
{
	size_t n;

	if (*c->p == '-')
		c->p++;
	n = strspn(c->p, "0123456789");
	if (n == 0 || (n > 1 && *c->p == '0'))
		return false;
	c->p += n;
	return true;
}

static bool members(struct checker *c, char end, bool keys)
{
	c->p++;
	if (*c->p == end) {
		c->p++;
		return true;
	}
	for (;;) {
		if (keys && (!string(c) || *c->p++ != ':'))
			return false;
		if (!value(c))
			return false;
		if (*c->p == end) {
			c->p++;
			return true;
		}
		if (*c->p++ != ',')
			return false;
	}
}

static bool value(struct checker *c)
{
	switch (*c->p) {
	case '{':
		return members(c, '}', true);
	case '[':
		return members(c, ']', false);
	case '"':
		return string(c);
	case 't':
		return literal(c, "true");
	case 'f':
		return literal(c, "false");
	case 'n':
		return literal(c, "null");
	}
	return number(c);
}

static bool sound(const char *text, struct checker *ret)
{
	*ret = (struct checker){ .p = text };
	return value(ret) && *ret->p == '\0';
}

struct output {
	struct json j;
	char *text;
	size_t size;
};

static void begin(struct output *o)
{
	*o = (struct output){};
	o->j.f = open_memstream(&o->text, &o->size);
	assert_non_null(o->j.f);
}

static void end(struct output *o, const char *expected)
{
	struct checker c;

	assert_int_equal(fclose(o->j.f), 0);
	if (expected)
		assert_string_equal(o->text, expected);
	if (!sound(o->text, &c))
		fail_msg("not JSON: %s", o->text);
	free(o->text);
}

TEST(the_checker_is_strict)
{
	static const char *const good[] = { "{}", "[]", "0", "-1", "\"\"", "{\"a\":[1,2,{}]}", "\"\\u001b\"" };
	static const char *const bad[] = { "", "{", "[1,]", "{,}", "{\"a\"}", "{\"a\":}", "01", "-", "1 ",
					   "\"\x01\"", "\"\xff\"", "\"\\x\"", "\"\\u12\"", "{a:1}", "tru",
					   "[1 2]", "\"", "\"\x7f\"", "\"\xc2\x80\"", "{}{}" };
	struct checker c;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(sound(good[i], &c));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(sound(bad[i], &c));
}

TEST(commas_and_nesting_are_kept_track_of)
{
	struct output o;

	begin(&o);
	json_open(&o.j, NULL, '{');
	json_string(&o.j, "s", "x");
	json_open(&o.j, "empty", '[');
	json_close(&o.j, ']');
	json_open(&o.j, "list", '[');
	json_u64(&o.j, NULL, 1);
	json_open(&o.j, NULL, '{');
	json_close(&o.j, '}');
	json_open(&o.j, NULL, '[');
	json_bool(&o.j, NULL, true);
	json_close(&o.j, ']');
	json_null(&o.j, NULL);
	json_close(&o.j, ']');
	json_bool(&o.j, "b", false);
	json_close(&o.j, '}');
	end(&o, "{\"s\":\"x\",\"empty\":[],\"list\":[1,{},[true],null],\"b\":false}");
}

static void write_some(struct json *j)
{
	json_open(j, "empty", '[');
	json_close(j, ']');
	json_open(j, "list", '[');
	json_u64(j, NULL, 1);
	json_open(j, NULL, '{');
	json_string(j, "s", "x");
	json_close(j, '}');
	json_close(j, ']');
	json_null(j, "n");
	json_end(j);
}

TEST(an_object_of_a_program_has_its_schema_and_a_line)
{
	struct output o;

	begin(&o);
	o.j = json_begin(o.j.f, false);
	write_some(&o.j);
	assert_int_equal(fclose(o.j.f), 0);
	assert_string_equal(o.text, "{\"schema\":1,\"empty\":[],\"list\":[1,{\"s\":\"x\"}],\"n\":null}\n");
	free(o.text);
}

TEST(pretty_has_each_value_on_a_line)
{
	struct output o;

	begin(&o);
	o.j = json_begin(o.j.f, true);
	write_some(&o.j);
	assert_int_equal(fclose(o.j.f), 0);
	assert_string_equal(o.text, "{\n  \"schema\": 1,\n  \"empty\": [],\n  \"list\": [\n    1,\n    {\n"
				    "      \"s\": \"x\"\n    }\n  ],\n  \"n\": null\n}\n");
	free(o.text);
}

TEST(numbers_keep_all_their_digits)
{
	struct output o;

	begin(&o);
	json_open(&o.j, NULL, '[');
	json_u64(&o.j, NULL, 0);
	json_u64(&o.j, NULL, UINT64_MAX);
	json_i64(&o.j, NULL, INT64_MIN);
	json_i64(&o.j, NULL, -1);
	json_i64(&o.j, NULL, INT64_MAX);
	json_close(&o.j, ']');
	end(&o, "[0,18446744073709551615,-9223372036854775808,-1,9223372036854775807]");
}

/* Writes s as key and as value and reads the value back. */
static void round_trip(const char *s, size_t len, const char *expected, size_t expected_len)
{
	struct checker c;
	struct output o;

	begin(&o);
	json_open(&o.j, NULL, '{');
	json_string_n(&o.j, "k", s, len);
	json_close(&o.j, '}');
	assert_int_equal(fclose(o.j.f), 0);
	if (!sound(o.text, &c))
		fail_msg("not JSON, or not safe on a terminal: %s", o.text);
	assert_int_equal(c.text_len, expected_len);
	assert_memory_equal(c.text, expected, expected_len);
	free(o.text);
}

#define U "\xef\xbf\xbd" /* U+FFFD */
#define ROW(s, e) { s, sizeof(s) - 1, e, sizeof(e) - 1 }
#define SAME(s) ROW(s, s)

TEST(hostile_strings_come_back_as_they_were)
{
	static const struct {
		const char *s;
		size_t len;
		const char *expected;
		size_t expected_len;
	} rows[] = {
		SAME(""),
		SAME("plain"),
		SAME("\"quoted\" and \\ back"),
		SAME("\\u0041"),
		SAME("\",\"injected\":\""),
		SAME("line\nfeed\r\ttab"),
		SAME("\x1b]0;title\a"),
		SAME("nul\0inside"),
		SAME("\x7f"),
		SAME("\xc3\xbc \xe2\x82\xac \xf0\x9f\x94\x92"),
		SAME("\xe2\x80\xa8"), /* U+2028 */
		SAME("\xe2\x80\xae"), /* U+202E, which the writer escapes */
		ROW("\xff", U),
		ROW("a\xc3", "a" U),
		ROW("\xe2\x82z", U U "z"),
		ROW("\xed\xa0\x80", U U U),
		ROW("\xc0\x80", U U),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		round_trip(rows[i].s, rows[i].len, rows[i].expected, rows[i].expected_len);
}

TEST(each_byte_alone_gives_sound_json)
{
	for (unsigned int c = 0; c < 256; c++) {
		char s[] = { c };

		if (c < 0x80)
			round_trip(s, 1, s, 1);
		else
			round_trip(s, 1, U, 3);
	}
}

/* Output goes to terminals too: U+0080 to U+009F steer them as ESC does. */
TEST(c1_control_characters_are_escaped)
{
	for (unsigned int c = 0x80; c < 0xa0; c++) {
		char s[] = { 0xc2, c };

		round_trip(s, 2, s, 2);
	}
}

TEST(hostile_keys_are_escaped_too)
{
	struct output o;

	begin(&o);
	json_open(&o.j, NULL, '{');
	json_u64(&o.j, "a\":1,\"\n\xff", 2);
	json_close(&o.j, '}');
	end(&o, "{\"a\\\":1,\\\"\\u000a\\ufffd\":2}");
}
