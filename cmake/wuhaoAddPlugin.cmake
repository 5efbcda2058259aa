# wuhao_add_plugin(NAME sources...): one shared object NAME.so that exports `wuhao_plugin` and
# nothing else. C is C11 and C++ is C++17 unless the project says otherwise.
function(wuhao_add_plugin name)
  if(NOT ARGN)
    message(FATAL_ERROR "wuhao_add_plugin(${name}): it has no sources (name at least one)")
  endif()
  if(NOT name MATCHES "^[a-z][a-z0-9_-]*$")
    message(FATAL_ERROR "wuhao_add_plugin(${name}): not a name of a plugin (a-z, 0-9, _ and -)")
  endif()
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE wuhao::plugin)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic)
  # A call of a function that is not in the header must fail here, not when the node loads it.
  target_link_options(${name} PRIVATE -Wl,-z,defs,-z,relro,-z,now)
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so" OUTPUT_NAME ${name}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(NOT DEFINED CMAKE_C_STANDARD)
    set_target_properties(${name} PROPERTIES C_STANDARD 11 C_EXTENSIONS OFF)
  endif()
  if(NOT DEFINED CMAKE_CXX_STANDARD)
    set_target_properties(${name} PROPERTIES CXX_STANDARD 17 CXX_EXTENSIONS OFF)
  endif()
endfunction()
