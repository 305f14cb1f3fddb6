# Fails when a snippet of the documentation is not real code. Each ```cpp block follows a line
#   <!-- from PATH -->
# and occurs, line for line, in that file, which is compiled with the rest.
cmake_minimum_required(VERSION 3.22)

set(problems "")

# check_snippet(document before snippet): `before` is what the document says up to the block.
function(check_snippet document before snippet)
  if(NOT before MATCHES "<!-- from ([^ \n]+) -->\n$")
    string(APPEND problems "\n${document}: no line <!-- from PATH --> before\n${snippet}")
  elseif(NOT EXISTS ${SOURCE_DIR}/${CMAKE_MATCH_1})
    string(APPEND problems "\n${document}: there is no file ${CMAKE_MATCH_1}")
  else()
    file(READ ${SOURCE_DIR}/${CMAKE_MATCH_1} source)
    string(FIND "${source}" "${snippet}" found)
    if(found EQUAL -1)
      string(APPEND problems "\n${document}: ${CMAKE_MATCH_1} does not contain\n${snippet}")
    endif()
  endif()
  set(problems "${problems}" PARENT_SCOPE)
endfunction()

foreach(document README.md CONTRIBUTING.md docs/design.md)
  file(READ ${SOURCE_DIR}/${document} rest)
  string(FIND "${rest}" "```cpp\n" begin)
  while(NOT begin EQUAL -1)
    string(SUBSTRING "${rest}" 0 ${begin} before)
    math(EXPR begin "${begin} + 7")
    string(SUBSTRING "${rest}" ${begin} -1 rest)
    string(FIND "${rest}" "```" end)
    string(SUBSTRING "${rest}" 0 ${end} snippet)
    math(EXPR end "${end} + 3")
    string(SUBSTRING "${rest}" ${end} -1 rest)
    check_snippet(${document} "${before}" "${snippet}")
    string(FIND "${rest}" "```cpp\n" begin)
  endwhile()
endforeach()

if(problems)
  message(FATAL_ERROR "Snippets that are not in the sources:${problems}")
endif()
