// The text of an HTML document for people: no markup, character references resolved.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::mime {

// `html` is UTF-8 and may be cut anywhere, wrong or no HTML at all. Elements that begin on a line
// of their own are separated by line ends; scripts, styles, titles and comments are left out.
// `quotes`: whether what stands in <blockquote> is kept. Iterative and linear.
std::string html_text(std::string_view html, bool quotes = true);

}  // namespace mailkeep::mime
