// A rendered text made into HTML. For the files of this room only. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::report {

// Marks that the renderer sets around values; texts hold no other controls but line ends and tabs.
inline constexpr char value_begin = '\x01', link_begin = '\x02', value_end = '\x03';

// Everything escaped; blank lines part paragraphs. Web addresses become links where the template or a link value wrote
// them, never where a name did: nobody gets a link into our mail by being called one.
std::string linked_html(std::string_view marked_text);

}  // namespace rollcall::report
