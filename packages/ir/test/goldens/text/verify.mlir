// command: verify
func.func @main(%a: tensor<2x3xf32>, %p: tensor<i1>, %i: tensor<i32>) -> tensor<2xf32> {
  %0 = stablehlo.transpose %a, dims = [1, 1] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = stablehlo.transpose %a, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = stablehlo.reshape %a : (tensor<2x3xf32>) -> tensor<5xf32>
  %3 = stablehlo.slice %a [0:2, 0:4] : (tensor<2x3xf32>) -> tensor<2x4xf32>
  %4 = stablehlo.iota dim = 2 : tensor<2x3xi32>
  %5 = stablehlo.not %a : tensor<2x3xf32>
  %6 = stablehlo.sine %i : tensor<i32>
  %7 = stablehlo.concatenate %a, %a, dim = 0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %8 = call @absent(%a) : (tensor<2x3xf32>) -> tensor<f32>
  %9 = call @helper(%i) : (tensor<i32>) -> tensor<f32>
  %10 = "stablehlo.if"(%p) ({
    stablehlo.return %a : tensor<2x3xf32>
  }, {
    %12 = stablehlo.add %i, %i : tensor<i32>
    stablehlo.return %12 : tensor<i32>
  }) : (tensor<i1>) -> tensor<2x3xf32>
  %11 = "stablehlo.broadcast_in_dim"(%a) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %13 = "stablehlo.case"(%i) : (tensor<i32>) -> tensor<f32>
  %14 = "stablehlo.add"(%a) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %a : tensor<2x3xf32>
}
func.func private @helper(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
// expected:
module {
  func.func public @main(%a: tensor<2x3xf32>, %p: tensor<i1>, %i: tensor<i32>) -> tensor<2xf32> {
    %0 = stablehlo.transpose %a, dims = [1, 1] : (tensor<2x3xf32>) -> tensor<3x2xf32>
    // error: stablehlo.transpose: permutation [1, 1] must be unique
    %1 = stablehlo.transpose %a, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<2x3xf32>
    // error: results are (tensor<2x3xf32>), inference gives (tensor<3x2xf32>)
    %2 = stablehlo.reshape %a : (tensor<2x3xf32>) -> tensor<5xf32>
    // error: stablehlo.reshape: cannot reshape tensor<2x3xf32> into tensor<5xf32>
    %3 = stablehlo.slice %a [0:2, 0:4] : (tensor<2x3xf32>) -> tensor<2x4xf32>
    // error: stablehlo.slice: slice 0:4:1 does not fit dimension 1 of tensor<2x3xf32>
    %4 = stablehlo.iota dim = 2 : tensor<2x3xi32>
    // error: stablehlo.iota: iota_dimension 2 is out of range for rank 2
    %5 = stablehlo.not %a : tensor<2x3xf32>
    // error: stablehlo.not: operand must have a bool/int/uint element type, got tensor<2x3xf32>
    %6 = stablehlo.sine %i : tensor<i32>
    // error: stablehlo.sine: operand must have a float/complex element type, got tensor<i32>
    %7 = stablehlo.concatenate %a, %a, dim = 0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    // error: results are (tensor<2x3xf32>), inference gives (tensor<4x3xf32>)
    %8 = call @absent(%a) : (tensor<2x3xf32>) -> tensor<f32>
    // error: the module has no function @absent
    %9 = call @helper(%i) : (tensor<i32>) -> tensor<f32>
    // error: @helper takes (tensor<f32>), got (tensor<i32>)
    %10 = "stablehlo.if"(%p) ({
    // error: stablehlo.if: branch results must be (tensor<2x3xf32>), got (tensor<i32>)
      stablehlo.return %a : tensor<2x3xf32>
    }, {
      %11 = stablehlo.add %i, %i : tensor<i32>
      stablehlo.return %11 : tensor<i32>
    }) : (tensor<i1>) -> tensor<2x3xf32>
    %12 = "stablehlo.broadcast_in_dim"(%a) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    // error: attribute broadcast_dimensions is missing
    %13 = "stablehlo.case"(%i) : (tensor<i32>) -> tensor<f32>
    // error: stablehlo.case: case needs a branch
    %14 = stablehlo.add %a : tensor<2x3xf32>
    // error: stablehlo.add: takes 2 operands, got 1
    return %a : tensor<2x3xf32>
    // error: returns (tensor<2x3xf32>), the function declares (tensor<2xf32>)
  }
  func.func private @helper(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}
// -----
// command: verify
func.func @main(%n: tensor<i32>, %x: tensor<f32>) -> tensor<f32> {
  %0:2 = stablehlo.while(%i = %n, %y = %x) : tensor<i32>, tensor<f32>
  cond {
    stablehlo.return %i : tensor<i32>
  } do {
    stablehlo.return %i : tensor<i32>
  }
  %1 = stablehlo.reduce(%x init: %n) across dimensions = [0] : (tensor<f32>, tensor<i32>) -> tensor<f32>
   reducer(%a: tensor<f32>, %b: tensor<f32>) {
    stablehlo.return %a, %b : tensor<f32>, tensor<f32>
  }
  %2 = stablehlo.sine %0#1 : tensor<f32>
}
// expected:
module {
  func.func public @main(%n: tensor<i32>, %x: tensor<f32>) -> tensor<f32> {
    %0:2 = stablehlo.while(%i = %n, %y = %x) : tensor<i32>, tensor<f32>
    // error: stablehlo.while: cond result must be (tensor<i1>), got (tensor<i32>)
    cond {
      stablehlo.return %i : tensor<i32>
    } do {
      stablehlo.return %i : tensor<i32>
    }
    %1 = stablehlo.reduce(%x init: %n) across dimensions = [0] : (tensor<f32>, tensor<i32>) -> tensor<f32>
    // error: stablehlo.reduce: dimension 0 is out of range for rank 0
     reducer(%a: tensor<f32>, %b: tensor<f32>) {
      stablehlo.return %a, %b : tensor<f32>, tensor<f32>
    }
    %2 = stablehlo.sine %0#1 : tensor<f32>
    // error: the block ends here without return
  }
}
// -----
// command: verify
func.func @main() -> tensor<f32> {
  %0 = call @a() : () -> tensor<f32>
  return %0 : tensor<f32>
}
func.func private @a() -> tensor<f32> {
  %0 = call @b() : () -> tensor<f32>
  return %0 : tensor<f32>
}
func.func private @b() -> tensor<f32> {
  %0 = call @a() : () -> tensor<f32>
  return %0 : tensor<f32>
}
func.func private @b() -> tensor<f32> {
  %0 = stablehlo.constant dense<1.0> : tensor<f32>
  return %0 : tensor<f32>
}
// expected:
module {
  func.func public @main() -> tensor<f32> {
    %0 = call @a() : () -> tensor<f32>
    return %0 : tensor<f32>
  }
  func.func private @a() -> tensor<f32> {
  // error: @a calls itself: recursion is not allowed
    %0 = call @b() : () -> tensor<f32>
    return %0 : tensor<f32>
  }
  func.func private @b() -> tensor<f32> {
  // error: @b calls itself: recursion is not allowed
    %0 = call @a() : () -> tensor<f32>
    return %0 : tensor<f32>
  }
  func.func private @b() -> tensor<f32> {
  // error: the name @b is taken by another function
  // error: @b calls itself: recursion is not allowed
    %cst = stablehlo.constant dense<1.0> : tensor<f32>
    return %cst : tensor<f32>
  }
}
