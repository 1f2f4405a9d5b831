"""A device that is none: its tensors hold their values on the CPU and say that they are elsewhere.

On a real GPU an operation on tensors of two devices fails, and each value that the host reads makes
it wait for the device. Here the first raises and the second is counted. The device's name is
`meta`, the only one besides `cpu` that every build of torch knows.
"""

from collections import Counter
from contextlib import ExitStack
from typing import Any, Self
from unittest import mock

import torch
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

DEVICE = "meta"


class OnGpu(torch.Tensor):
    """A tensor of the device."""

    held: torch.Tensor

    @staticmethod
    def __new__(cls, held: torch.Tensor) -> "OnGpu":
        tensor: OnGpu = torch.Tensor._make_wrapper_subclass(
            cls,
            held.size(),
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            device=DEVICE,
        )
        tensor.held = held
        return tensor

    def tolist(self) -> Any:
        """As torch does it, which refuses subclasses."""
        return self.cpu().tolist()

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise AssertionError(f"{func} ran outside of PretendGpu")


class PretendGpu(TorchDispatchMode):
    """Within it the device exists.

    Inference mode is `no_grad` there: torch neither takes operations such as `to` apart in it, nor
    lets a tensor of another class be indexed.

    Attributes:
        reads: Values that the host has read from the device, by operation.
        uploads: Tensors that the host has sent to it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reads: Counter[str] = Counter()
        self.uploads = 0
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        self._exits.enter_context(mock.patch.object(torch, "inference_mode", torch.no_grad))
        super().__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        super().__exit__(*raised)
        self._exits.close()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        name = func.overloadpacket.__name__
        tensors = [x for x in tree_flatten((args, kwargs))[0] if isinstance(x, torch.Tensor)]
        ours = [x for x in tensors if isinstance(x, OnGpu)]
        # A number without dimensions may come from the host, as on a real GPU.
        theirs = [x for x in tensors if not isinstance(x, OnGpu) and x.ndim]
        device = kwargs.get("device")
        if device is not None:
            kwargs["device"] = torch.device("cpu")
        to_gpu = bool(ours) if device is None else torch.device(device).type == DEVICE
        if name == "copy_":
            to_gpu = isinstance(args[0], OnGpu)
        if name in ("_to_copy", "copy_", "_local_scalar_dense"):
            if ours and (not to_gpu or name == "_local_scalar_dense"):
                self.reads[name] += 1
                to_gpu = False
            self.uploads += to_gpu and bool(theirs)
        elif ours and theirs:
            raise AssertionError(
                f"{func} mixes tensors of the device with others: {[x.shape for x in theirs]}"
            )
        wrappers = {id(x.held): x for x in ours}
        result = func(
            *tree_map(lambda x: x.held if isinstance(x, OnGpu) else x, args),
            **tree_map(lambda x: x.held if isinstance(x, OnGpu) else x, kwargs),
        )
        if not to_gpu:
            return result

        def wrap(x: Any) -> Any:
            if not isinstance(x, torch.Tensor):
                return x
            same = wrappers.get(id(x))
            if same is not None and same.shape != x.shape:  # squeeze_, resize_
                with no_dispatch():
                    if x.numel() > same.numel():
                        same.resize_(x.size())
                    same.as_strided_(x.size(), x.stride())
            return OnGpu(x) if same is None else same

        return tree_map(wrap, result)
