// Asio's one compiled part: the rooms below net only name it.
#include <boost/asio/impl/src.hpp>
