# cmake -DNM=<nm> -DLIBRARIES=<files> -P library_symbols.cmake: the libraries neither define nor ask for anything
# in namespace Eigen, since a user's objects may define the same under other vector flags.
cmake_minimum_required(VERSION 3.24)
foreach(library IN LISTS LIBRARIES)
    execute_process(COMMAND ${NM} -C ${library} OUTPUT_VARIABLE symbols ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
    if(NOT symbols MATCHES "hesse::")
        message(FATAL_ERROR "${NM} shows no symbol of hesse in ${library}")
    endif()
    if(symbols MATCHES "[^\n]*[^A-Za-z0-9_]Eigen::[^\n]*")
        message(FATAL_ERROR "${library} shares this symbol with its users: ${CMAKE_MATCH_0}")
    endif()
endforeach()
